package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.plan.Clipping;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.MetricRelease;
import ai.coreason.enclave.privacy.plan.Optimizer;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The audit passes on the product and fails on each planted fault. */
class PrivacyAuditTest {
    @Test
    void audit_product_observesNearlyTheClaimedEpsilonAndNoMore() {
        PrivacyAudit.requireClaimHolds(Training.PRODUCT);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "0.5, 2", "1e-12, 3"})
    void audit_product_addsTheNoiseOfEveryStep(double rate, long steps) {
        PrivacyAudit.requireNoise(Training.PRODUCT, rate, steps);
    }

    @ParameterizedTest
    @EnumSource
    void audit_product_isMovedByAtMostC(Clipping clipping) {
        PrivacyAudit.requireSensitivity(Training.PRODUCT, clipping);
    }

    @Test
    void audit_product_samplesEveryExampleOnItsOwn() {
        PrivacyAudit.requireIndependentSampling(Training.PRODUCT);
    }

    static Stream<Arguments> mutants() {
        return Stream.of(
                mutant("sigma halved, by its epsilon", Variant.SigmaHalved::new, PrivacyAudit::requireClaimHolds),
                mutant(
                        "sigma halved, by its variance",
                        Variant.SigmaHalved::new,
                        m -> PrivacyAudit.requireNoise(m, 1, 1)),
                mutant(
                        "the batch clipped",
                        Variant.BatchClipped::new,
                        m -> PrivacyAudit.requireSensitivity(m, Clipping.FLAT)),
                mutant("batches of fixed size", Variant.FixedBatch::new, PrivacyAudit::requireIndependentSampling),
                mutant(
                        "the empty batch skipped",
                        Variant.EmptySkipped::new,
                        m -> PrivacyAudit.requireNoise(m, 1e-12, 3)),
                mutant(
                        "the root of the layers forgotten",
                        Variant.RootForgotten::new,
                        m -> PrivacyAudit.requireSensitivity(m, Clipping.PER_LAYER)),
                mutant("a noise key used twice", Variant.KeyReused::new, m -> PrivacyAudit.requireNoise(m, 0.5, 2)),
                mutant(
                        "the drawn batch as normaliser",
                        Variant.DrawnNormaliser::new,
                        m -> PrivacyAudit.requireSensitivity(m, Clipping.FLAT)));
    }

    private static Arguments mutant(String name, Training.Maker maker, Consumer<Training.Maker> check) {
        return Arguments.of(name, maker, check);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void audit_mutant_isCaught(String name, Training.Maker maker, Consumer<Training.Maker> check) {
        assertThatThrownBy(() -> check.accept(maker)).isInstanceOf(AssertionError.class);
        check.accept(Variant::new);
    }

    /** So a mutant differs from the product in its fault alone. */
    @Test
    void variant_withoutAFault_givesTheProductsBytes() {
        ModelGraph graph = Graphs.tabular();
        Weights base = Initializer.initial(graph, new SplittableRandom(3)::nextLong);
        Examples data = ClippedSumTest.examples(graph, 40, 2);
        TrainingPlan plan = new TrainingPlan(
                Mechanism.DP_SGD,
                3,
                0.5,
                1,
                0.3,
                Clipping.PER_LAYER,
                20,
                0.1,
                Optimizer.PLAIN,
                MetricRelease.NONE,
                NoiseForm.GAUSSIAN);
        try (Training product = Training.PRODUCT.on(graph);
                Training variant = new Variant(graph)) {
            Weights a = product.train(base, data, plan, NoiseKeys.seeded(1, new AttemptKey("job", 1, 1), "node"));
            Weights b = variant.train(base, data, plan, NoiseKeys.seeded(1, new AttemptKey("job", 1, 1), "node"));
            a.names().forEach(name -> assertThat(b.get(name)).isEqualTo(a.get(name)));
        }
    }
}
