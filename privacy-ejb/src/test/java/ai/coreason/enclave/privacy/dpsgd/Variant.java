package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.KeyStream;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.noise.PoissonSampler;
import ai.coreason.enclave.privacy.noise.SecureNoise;
import ai.coreason.enclave.privacy.plan.Clipping;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.nio.FloatBuffer;
import java.util.function.LongFunction;

/**
 * The product's step, put together again from the product's parts; a mutant overrides one of them. Without that it gives
 * the product's bytes, which {@link PrivacyAuditTest} shows.
 */
class Variant implements Training {
    private final CompiledGraph graph;

    Variant(ModelGraph graph) {
        this.graph = new CompiledGraph(graph);
    }

    @Override
    public Weights train(Weights base, Examples data, TrainingPlan plan, NoiseKeys keys) {
        try (TrainingRun run = new TrainingRun(graph, base, data, ofSum(plan), 1 << 16)) {
            for (long step = 1; step <= plan.steps(); step++) {
                long[] drawn = draw(data.units(), plan, new KeyStream(keys.sampling(step)));
                run.sum().duplicate().put(new float[run.sum().capacity()]);
                run.addClipped(drawn);
                step(run, drawn.length, plan, noiseKey(step, keys::noise));
            }
            return run.weights();
        }
    }

    void step(TrainingRun run, int drawn, TrainingPlan plan, byte[] noiseKey) {
        new SecureNoise(new KeyStream(noiseKey), NoiseForm.GAUSSIAN).addTo(run.sum(), plan.noiseScale());
        run.update();
    }

    /** The plan by which the sum is clipped. */
    TrainingPlan ofSum(TrainingPlan plan) {
        return plan;
    }

    long[] draw(int n, TrainingPlan plan, KeyStream bits) {
        return new PoissonSampler(plan.samplingRate()).draw(n, bits);
    }

    byte[] noiseKey(long step, LongFunction<byte[]> keys) {
        return keys.apply(step);
    }

    @Override
    public void close() {
        graph.close();
    }

    private static TrainingPlan with(
            TrainingPlan p, Mechanism mechanism, double sigma, double clip, Clipping clipping) {
        return new TrainingPlan(
                mechanism,
                p.steps(),
                p.samplingRate(),
                sigma,
                clip,
                clipping,
                p.normaliser(),
                p.learningRate(),
                p.optimizer(),
                p.metrics(),
                p.noise());
    }

    private static void multiply(FloatBuffer sum, double factor) {
        for (int i = 0; i < sum.capacity(); i++) {
            sum.put(i, (float) (sum.get(i) * factor));
        }
    }

    /** Half the noise that the plan says. */
    static final class SigmaHalved extends Variant {
        SigmaHalved(ModelGraph graph) {
            super(graph);
        }

        @Override
        void step(TrainingRun run, int drawn, TrainingPlan plan, byte[] noiseKey) {
            double half = plan.noiseMultiplier() / 2;
            super.step(run, drawn, with(plan, plan.mechanism(), half, plan.maxGradNorm(), plan.clipping()), noiseKey);
        }
    }

    /** Clips the batch's sum to C, not each example's gradient. */
    static final class BatchClipped extends Variant {
        BatchClipped(ModelGraph graph) {
            super(graph);
        }

        @Override
        TrainingPlan ofSum(TrainingPlan plan) {
            return with(plan, Mechanism.NONE, 0, plan.maxGradNorm(), Clipping.FLAT);
        }

        @Override
        void step(TrainingRun run, int drawn, TrainingPlan plan, byte[] noiseKey) {
            float[] sum = new float[run.sum().capacity()];
            run.sum().get(0, sum);
            multiply(run.sum(), Math.min(1, plan.maxGradNorm() / (Oracle.norm(sum) + 1e-6)));
            super.step(run, drawn, plan, noiseKey);
        }
    }

    /** As many examples in every batch as there would be on average. */
    static final class FixedBatch extends Variant {
        FixedBatch(ModelGraph graph) {
            super(graph);
        }

        @Override
        long[] draw(int n, TrainingPlan plan, KeyStream bits) {
            int size = (int) Math.round(plan.samplingRate() * n);
            return size == 0 ? new long[0] : new Units(new int[n], size).records(0, bits);
        }
    }

    /** Does nothing where nobody was drawn. */
    static final class EmptySkipped extends Variant {
        EmptySkipped(ModelGraph graph) {
            super(graph);
        }

        @Override
        void step(TrainingRun run, int drawn, TrainingPlan plan, byte[] noiseKey) {
            if (drawn > 0) {
                super.step(run, drawn, plan, noiseKey);
            }
        }
    }

    /** Clips each layer to C, not to C / sqrt(L). */
    static final class RootForgotten extends Variant {
        private final double root;

        RootForgotten(ModelGraph graph) {
            super(graph);
            this.root = Math.sqrt(new ParameterLayout(graph).layers());
        }

        @Override
        TrainingPlan ofSum(TrainingPlan plan) {
            return plan.clipping() == Clipping.PER_LAYER
                    ? with(plan, plan.mechanism(), plan.noiseMultiplier(), plan.maxGradNorm() * root, plan.clipping())
                    : plan;
        }
    }

    /** The first step's noise in every step. */
    static final class KeyReused extends Variant {
        private byte[] first;

        KeyReused(ModelGraph graph) {
            super(graph);
        }

        @Override
        byte[] noiseKey(long step, LongFunction<byte[]> keys) {
            if (step == 1) {
                first = keys.apply(step);
            }
            return first;
        }
    }

    /** Divides by the examples that were drawn, not by the public expectation. */
    static final class DrawnNormaliser extends Variant {
        DrawnNormaliser(ModelGraph graph) {
            super(graph);
        }

        @Override
        void step(TrainingRun run, int drawn, TrainingPlan plan, byte[] noiseKey) {
            new SecureNoise(new KeyStream(noiseKey), NoiseForm.GAUSSIAN).addTo(run.sum(), plan.noiseScale());
            multiply(run.sum(), plan.normaliser() / Math.max(1, drawn));
            run.update();
        }
    }
}
