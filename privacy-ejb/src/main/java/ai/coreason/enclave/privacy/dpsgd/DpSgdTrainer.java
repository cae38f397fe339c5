package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Trains a graph by differentially private stochastic gradient descent (Abadi et al. 2016, algorithm 1) on the CPU. A step
 * draws a Poisson sample, sums its examples' gradients, each clipped to norm C, adds noise of standard deviation sigma C,
 * divides by the expected batch and moves the weights against the result. Adding or removing one example changes the sum
 * by at most C, whatever the example. A step over an empty sample is a step like any other. Who calls it charges the
 * budget by {@link TrainingPlan#phase()}: {@code steps} times the Gaussian mechanism, subsampled at rate q.
 *
 * <p>Where the examples are grouped by privacy unit ({@link Examples#byUnit}), what is said of an example holds for a unit:
 * its loss is the mean over the examples it enters the step with, its gradient is clipped once.
 *
 * <p>The loss of an example is the graph's loss; an example whose gradient's norm is not a finite number counts as zero.
 * One thread computes: several would cut tensors at places where some of a unit's numbers are then computed by another
 * routine, and a unit would move what others add. The same weights, examples, plan and keys give the same bytes on the same machine.
 *
 * <p>Thread-safe: trainings of one instance wait for each other. Native memory is freed at the end of each step and of
 * each training, the program's own by {@link #close()}.
 */
public final class DpSgdTrainer implements AutoCloseable {
    /** Memory that the activations and gradients of one call may take, in floats. */
    private static final long CALL_FLOATS = 1L << 26;

    private CompiledGraph graph;

    /** A trainer of one graph. */
    public DpSgdTrainer(ModelGraph graph) {
        this.graph = new CompiledGraph(graph);
    }

    /**
     * Trains.
     *
     * @param base the weights to start from
     * @param keys of this attempt, not used before
     * @param progress hears of each step
     * @return the weights after the last step; frozen ones as they were
     * @throws IllegalArgumentException if weights or examples do not fit the graph
     * @throws IllegalStateException if the keys were used before, or the trainer is closed
     */
    public Weights train(Weights base, Examples examples, TrainingPlan plan, NoiseKeys keys, Progress progress) {
        return trainAndMeasure(base, examples, plan, keys, progress).weights();
    }

    /** Trains as {@link #train} does, and gives the metrics that the plan releases as well. */
    public synchronized Trained trainAndMeasure(
            Weights base, Examples examples, TrainingPlan plan, NoiseKeys keys, Progress progress) {
        examples.requireFit(graph.graph());
        compileFor(examples.maxRecords());
        boolean gradients = JniUtils.isGradMode();
        JniUtils.setNumThreads(1);
        int callExamples = (int) Math.max(1, CALL_FLOATS / graph.graph().floatsPerExample());
        try (TrainingRun run = new TrainingRun(graph, base, examples, plan, callExamples)) {
            for (long step = 1; step <= plan.steps(); step++) {
                run.step(step, keys, progress);
            }
            return new Trained(run.weights(), run.metrics());
        } finally {
            JniUtils.setGradMode(gradients);
        }
    }

    /** Makes the program for units of so many examples, if it is not the one at hand. */
    private void compileFor(int maxRecords) {
        graph.requireOpen();
        if (graph.maxRecords() != maxRecords) {
            CompiledGraph other = new CompiledGraph(graph.graph(), maxRecords);
            graph.close();
            graph = other;
        }
    }

    /** Frees the program. */
    @Override
    public synchronized void close() {
        graph.close();
    }
}
