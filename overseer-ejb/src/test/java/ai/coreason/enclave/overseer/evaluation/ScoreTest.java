package ai.coreason.enclave.overseer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.coreason.enclave.privacy.graph.LossKind;
import org.junit.jupiter.api.Test;

class ScoreTest {
    private static Score of(LossKind kind, int outputs, float[] given, float[] targets) {
        Score.Tally tally = new Score.Tally(kind, outputs);
        tally.numbers(given, targets);
        return tally.score();
    }

    private static Score of(int outputs, float[] given, long... classes) {
        Score.Tally tally = new Score.Tally(LossKind.CROSS_ENTROPY, outputs);
        tally.classes(given, classes);
        return tally.score();
    }

    @Test
    void classes_logits_giveMeanCrossEntropyAndShareOfTheLargest() {
        Score score = of(3, new float[] {2, 1, 0, 0, 0, 5}, 0, 1);

        double first = Math.log(Math.exp(2) + Math.exp(1) + 1) - 2;
        double second = Math.log(1 + 1 + Math.exp(5)) - 0;
        assertThat(score.records()).isEqualTo(2);
        assertThat(score.loss().orElseThrow()).isCloseTo((first + second) / 2, within(1e-12));
        assertThat(score.accuracy()).hasValue(0.5);
    }

    @Test
    void classes_hugeLogits_overflowNothing() {
        Score score = of(2, new float[] {3e38f, -3e38f, -3e38f, 3e38f}, 0, 1);

        assertThat(score.loss()).hasValue(0);
        assertThat(score.accuracy()).hasValue(1);
    }

    @Test
    void classes_equalLogits_countForTheFirstClassAlone() {
        assertThat(of(2, new float[] {1, 1, 1, 1}, 0, 1).accuracy()).hasValue(0.5);
    }

    @Test
    void numbers_yesAndNo_giveMeanOverOutputsAndShareOfSigns() {
        Score score = of(LossKind.BCE_WITH_LOGITS, 2, new float[] {2, -1, 0, -3}, new float[] {1, 1, 0, 1});

        double loss = (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1)) + Math.log(2) + Math.log1p(Math.exp(3))) / 4;
        assertThat(score.records()).isEqualTo(2);
        assertThat(score.loss().orElseThrow()).isCloseTo(loss, within(1e-12));
        assertThat(score.accuracy()).hasValue(0.5);
    }

    @Test
    void numbers_hugeLogitOfTheWrongSign_isThatLarge() {
        Score score = of(LossKind.BCE_WITH_LOGITS, 1, new float[] {-1e30f}, new float[] {1});

        assertThat(score.loss().orElseThrow()).isEqualTo((double) 1e30f);
        assertThat(score.accuracy()).hasValue(0);
    }

    @Test
    void numbers_squaredError_hasNoAccuracy() {
        Score score = of(LossKind.MSE, 2, new float[] {1, 2, 3, 4}, new float[] {1, 0, 0, 4});

        assertThat(score.loss().orElseThrow()).isCloseTo((4.0 + 9.0) / 2 / 2, within(1e-12));
        assertThat(score.accuracy()).isEmpty();
    }

    @Test
    void score_modelThatGivesNoFiniteNumber_hasNoLoss() {
        assertThat(of(LossKind.MSE, 1, new float[] {Float.POSITIVE_INFINITY}, new float[] {1})
                        .loss())
                .isEmpty();
        assertThat(of(LossKind.MSE, 1, new float[] {Float.NaN}, new float[] {1}).loss())
                .isEmpty();
    }
}
