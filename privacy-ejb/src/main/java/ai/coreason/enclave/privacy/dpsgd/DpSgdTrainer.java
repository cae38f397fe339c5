package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Trains a graph by differentially private stochastic gradient descent (Abadi et al. 2016, algorithm 1) on the CPU. A step
 * draws a Poisson sample, sums its examples' gradients, each clipped to norm C, adds noise of standard deviation sigma C,
 * divides by the expected batch and moves the weights against the result. Adding or removing one example changes the sum
 * by at most C, whatever the example. A step over an empty sample is a step like any other. Who calls it charges the
 * budget: {@code steps} times the Gaussian mechanism with sigma, subsampled at rate q.
 *
 * <p>The loss of an example is the graph's loss; an example whose gradient's norm is not a finite number counts as zero.
 * The same weights, examples, plan and keys give the same bytes when one thread computes, on the same machine.
 *
 * <p>Thread-safe: trainings of one instance wait for each other. Native memory is freed at the end of each step and of
 * each training, the program's own by {@link #close()}.
 */
public final class DpSgdTrainer implements AutoCloseable {
    private final ModelGraph graph;
    private final ParameterLayout layout;
    private final int threads;
    private final PtNDManager manager;
    private final PtSymbolBlock program;

    /** A trainer that computes on one thread. */
    public DpSgdTrainer(ModelGraph graph) {
        this(graph, 1);
    }

    /**
     * A trainer.
     *
     * @param threads that compute one operation; with more than one, results may differ in the last digits from run to run
     */
    public DpSgdTrainer(ModelGraph graph, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: expected at least 1, got " + threads);
        }
        this.graph = graph;
        this.threads = threads;
        this.layout = new ParameterLayout(graph);
        this.manager = (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
        this.program = load(new StepProgram(graph, layout).source());
    }

    private PtSymbolBlock load(String source) {
        byte[] archive = TorchScriptArchive.of(StepProgram.CLASS, source);
        try {
            return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            manager.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
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
    public synchronized Weights train(
            Weights base, Examples examples, TrainingPlan plan, NoiseKeys keys, Progress progress) {
        boolean gradients = JniUtils.isGradMode();
        try (TrainingRun run = run(base, examples, plan)) {
            for (long step = 1; step <= plan.steps(); step++) {
                run.step(step, keys, progress);
            }
            return run.weights();
        } finally {
            JniUtils.setGradMode(gradients);
        }
    }

    /** A training at its begin, on this thread. */
    TrainingRun run(Weights base, Examples examples, TrainingPlan plan) {
        if (!manager.isOpen()) {
            throw new IllegalStateException("the trainer is closed");
        }
        examples.requireFit(graph);
        JniUtils.setNumThreads(threads);
        JniUtils.setGraphExecutorOptimize(false);
        return new TrainingRun(manager, program, graph, layout, base, examples, plan);
    }

    /** Frees the program. */
    @Override
    public synchronized void close() {
        program.close();
        manager.close();
    }
}
