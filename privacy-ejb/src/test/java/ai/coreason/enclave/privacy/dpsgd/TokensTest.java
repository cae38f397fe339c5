package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that a table has no row for never reach native code. */
class TokensTest {
    private static final ModelGraph GRAPH = Graphs.tokenGraph(
            "[2]",
            "fc",
            "cross_entropy",
            "{'name':'e','op':'embedding','in':['x'],'num_embeddings':7,'embedding_dim':2,'padding_idx':3}",
            "{'name':'m','op':'mean','in':['e'],'dim':1}",
            "{'name':'fc','op':'linear','in':['m'],'out_features':2}");
    private static final Weights WEIGHTS = Initializer.initial(GRAPH, new SplittableRandom(1)::nextLong);

    @ParameterizedTest
    @ValueSource(floats = {-1, 7, 0.5f, Float.NaN, Float.POSITIVE_INFINITY, -1e30f})
    void train_tokenWithoutRow_isRefusedWithoutItsValue(float token) {
        Examples examples = Examples.of(new long[] {2}, new float[] {0, 6, 5, token}, new long[] {0, 1});
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 1, 1, 1, 1, 1, 1);
        try (DpSgdTrainer trainer = new DpSgdTrainer(GRAPH);
                Predictor predictor = new Predictor(GRAPH)) {
            assertThatThrownBy(() -> trainer.train(WEIGHTS, examples, plan, NoiseKeys.fresh(), Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("x: expected whole numbers in [0, 7), as num_embeddings says, got another");
            assertThatThrownBy(() -> predictor.predict(WEIGHTS, new float[] {1, token}))
                    .hasMessageContaining("[0, 7)");
        }
    }

    @Test
    void train_paddingTokens_leaveTheirRow() {
        Examples examples = Examples.of(new long[] {2}, new float[] {3, 3, 3, 1}, new long[] {0, 1});
        TrainingPlan plan = new TrainingPlan(Mechanism.NONE, 1, 1, 0, 1, 1, 1);
        float[] before = WEIGHTS.get("e.weight");
        float[] after;
        try (DpSgdTrainer trainer = new DpSgdTrainer(GRAPH)) {
            after = trainer.train(WEIGHTS, examples, plan, NoiseKeys.fresh(), Progress.NONE)
                    .get("e.weight");
        }
        for (int i = 0; i < after.length; i++) {
            assertThat(after[i] != before[i]).as("element %d", i).isEqualTo(i / 2 == 1);
        }
        assertThat(before[6]).isZero();
        assertThat(before[7]).isZero();
    }
}
