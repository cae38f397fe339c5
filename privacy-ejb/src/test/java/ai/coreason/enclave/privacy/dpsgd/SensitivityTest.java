package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import ai.coreason.enclave.privacy.plan.Clipping;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.MetricRelease;
import ai.coreason.enclave.privacy.plan.Optimizer;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nothing that a job or a record may hold moves the sum before noise by more than C when one unit is left out, all others
 * present: for every operator, however it is clipped, whichever numbers. With {@code -Dsensitivity.cases=N} other than 20,000
 * cases over all models, and with {@code -Dsensitivity.seed=N} others.
 */
class SensitivityTest {
    private static final int CASES = Integer.getInteger("sensitivity.cases", 20_000);
    private static final long SEED = Long.getLong("sensitivity.seed", 1);
    private static final int SPECIAL_SHARE = 8;
    private static final List<Integer> SIZES = List.of(1, 2, 3, 5, 8, 13, 37);
    /** Of several calls; the last is the least for which sums are of double precision, and without one unit they are not. */
    private static final List<Integer> LARGE_SIZES = List.of(70, 130, 300, 2_049);

    private static final double[] CLIPS = {1e-6, 1e-3, 1, 1e6};

    static Stream<Named<ModelGraph>> graphs() {
        return Stream.concat(ClippedSumTest.graphs(), special());
    }

    private static Stream<Named<ModelGraph>> special() {
        String frozen = "'bias':false,'trainable':false}";
        return Stream.of(
                Named.of(
                        "between frozen projections",
                        Graphs.graph(
                                "[4]",
                                "c",
                                "mse",
                                "{'name':'a','op':'linear','in':['x'],'out_features':5," + frozen,
                                "{'name':'b','op':'linear','in':['a'],'out_features':5,'bias':false}",
                                "{'name':'c','op':'linear','in':['b'],'out_features':2," + frozen)),
                Named.of(
                        "many inputs",
                        Graphs.graph(
                                "[300]",
                                "b",
                                "cross_entropy",
                                "{'name':'a','op':'linear','in':['x'],'out_features':20}",
                                "{'name':'r','op':'relu','in':['a']}",
                                "{'name':'b','op':'linear','in':['r'],'out_features':3}")),
                Named.of(
                        "large matrix at positions",
                        Graphs.graph(
                                "[3, 200]",
                                "m",
                                "mse",
                                "{'name':'a','op':'linear','in':['x'],'out_features':90}",
                                "{'name':'m','op':'mean','in':['a'],'dim':1}")),
                Named.of(
                        "table and large matrix at positions",
                        Graphs.tokenGraph(
                                "[5]",
                                "c",
                                "mse",
                                "{'name':'e','op':'embedding','in':['x'],'num_embeddings':7,'embedding_dim':150}",
                                "{'name':'a','op':'linear','in':['e'],'out_features':120,'bias':false}",
                                "{'name':'m','op':'mean','in':['a'],'dim':1}",
                                "{'name':'c','op':'linear','in':['m'],'out_features':1}")));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void sum_withAndWithoutAnyUnit_differsByAtMostC(ModelGraph graph) {
        long models = graphs().count() + SPECIAL_SHARE * special().count();
        boolean special = special().anyMatch(s -> s.getPayload().digest().equals(graph.digest()));
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(1);
        for (int maxRecords : new int[] {1, 3}) {
            long cases = CASES / models * (special ? 1 + SPECIAL_SHARE : 1) / 4 * (maxRecords == 1 ? 3 : 1) + 1;
            try (CompiledGraph compiled = new CompiledGraph(graph, maxRecords)) {
                Iterator<Integer> large = large(special, maxRecords).iterator();
                for (long seed = SEED; cases > 0; seed++) {
                    OptionalInt size = large.hasNext() ? OptionalInt.of(large.next()) : OptionalInt.empty();
                    cases -= new Trial(compiled, seed, size).run();
                }
            }
        }
    }

    /** The sizes of the first steps of a model, before those that are drawn. */
    private static List<Integer> large(boolean special, int maxRecords) {
        return special && maxRecords == 1 ? LARGE_SIZES : LARGE_SIZES.subList(0, 1);
    }

    /** One model with hostile weights over hostile records. */
    private static final class Trial {
        private final CompiledGraph compiled;
        private final HostileDraws draws;
        private final long seed;
        private final long[][] units;
        private final TrainingPlan plan;
        private final TrainingRun run;

        /** @param size units of the step; drawn where it is empty */
        Trial(CompiledGraph compiled, long seed, OptionalInt size) {
            this.compiled = compiled;
            this.seed = seed;
            this.draws = new HostileDraws(seed);
            int drawn = SIZES.get(draws.below(SIZES.size()));
            int count = size.orElse(drawn);
            this.units = units(count);
            Clipping clipping = Clipping.values()[draws.below(3)];
            this.plan = plan(CLIPS[draws.below(CLIPS.length)], clipping);
            Weights weights = draws.weights(compiled.graph());
            Examples examples = draws.examples(compiled.graph(), count * compiled.maxRecords());
            this.run = new TrainingRun(compiled, weights, examples, plan, callExamples(count));
        }

        /** Memory for all in one call, for 32 units in each, or, where there are few, for one. */
        private int callExamples(int count) {
            int drawn = draws.below(16);
            return drawn == 0 && count < 10 ? 16 : drawn < 4 ? 40 * compiled.maxRecords() : 1 << 16;
        }

        private long[][] units(int count) {
            int most = compiled.maxRecords();
            return IntStream.range(0, count)
                    .mapToObj(u -> IntStream.range(0, 1 + draws.below(most))
                            .mapToLong(i -> (long) u * most + i)
                            .toArray())
                    .toArray(long[][]::new);
        }

        /** Gives how many units were left out, one at a time. */
        int run() {
            double[] all = sum(units);
            int cases = Math.min(units.length, 6);
            for (int c = 0; c < cases; c++) {
                int left = (draws.below(units.length) + c) % units.length;
                double[] others = sum(IntStream.range(0, units.length)
                        .filter(u -> u != left)
                        .mapToObj(u -> units[u])
                        .toArray(long[][]::new));
                double moved = 0;
                for (int i = 0; i < all.length; i++) {
                    moved += (all[i] - others[i]) * (all[i] - others[i]);
                }
                assertThat(Math.sqrt(moved) / plan.maxGradNorm())
                        .as(
                                "seed %d, %s, C %s, unit %d of %d",
                                seed, plan.clipping(), plan.maxGradNorm(), left, units.length)
                        .isLessThanOrEqualTo(1);
            }
            run.close();
            return cases;
        }

        private double[] sum(long[][] some) {
            run.addClipped(some);
            return run.takeSum();
        }
    }

    private static TrainingPlan plan(double clip, Clipping clipping) {
        return new TrainingPlan(
                Mechanism.DP_SGD,
                1,
                0.5,
                1,
                clip,
                clipping,
                4,
                0.1,
                Optimizer.PLAIN,
                MetricRelease.NONE,
                NoiseForm.GAUSSIAN);
    }
}
