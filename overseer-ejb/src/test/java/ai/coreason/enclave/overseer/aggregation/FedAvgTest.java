package ai.coreason.enclave.overseer.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FedAvgTest {
    private static final Map<String, float[]> BASE = Map.of("fc.weight", new float[] {1f, 2f});

    private static FedAvg.Part part(double weight, float... difference) {
        return new FedAvg.Part(weight, Map.of("fc.weight", difference));
    }

    private static Map<String, float[]> next(
            Map<String, float[]> base, List<FedAvg.Part> parts, double serverLearningRate) {
        return ((FedAvg.Next.Model) FedAvg.next(base, parts, serverLearningRate)).values();
    }

    @Test
    void next_largestFloatsAtAServerLearningRateAboveOne_isNoModelAndNamesTheParameter() {
        List<FedAvg.Part> parts = List.of(part(1, Float.MAX_VALUE, 0f), part(1, Float.MAX_VALUE, 0f));

        assertThat(FedAvg.next(BASE, parts, 4)).isEqualTo(new FedAvg.Next.OutOfRange("fc.weight"));
        assertThat(FedAvg.next(BASE, List.of(part(1, 2e8f, 0f)), 4)).isInstanceOf(FedAvg.Next.Model.class);
        assertThat(FedAvg.next(BASE, List.of(part(1, 3e8f, 0f)), 4)).isInstanceOf(FedAvg.Next.OutOfRange.class);
        assertThat(FedAvg.next(BASE, List.of(part(1, Float.NaN, 0f)), 1)).isInstanceOf(FedAvg.Next.OutOfRange.class);
    }

    @Test
    void next_differentRows_weighsByRows() {
        Map<String, float[]> next = next(BASE, List.of(part(300, 1f, 0f), part(100, -1f, 4f)), 1.0);
        assertThat(next.get("fc.weight")).containsExactly(1.5f, 3f);
    }

    @Test
    void next_serverLearningRate_scalesTheStep() {
        Map<String, float[]> next = next(BASE, List.of(part(1, 1f, 1f)), 0.5);
        assertThat(next.get("fc.weight")).containsExactly(1.5f, 2.5f);
    }

    @Test
    void next_otherOrderOfParts_sameOrderGivesSameBytes() {
        List<FedAvg.Part> parts = List.of(part(3, 0.1f, 0.2f), part(7, 0.3f, -0.7f), part(11, 1e-7f, 3e7f));
        assertThat(next(BASE, parts, 1.0).get("fc.weight"))
                .containsExactly(next(BASE, parts, 1.0).get("fc.weight"));
    }

    @Test
    void next_partThatDoesNotFit_isRefusedByName() {
        assertThatThrownBy(() -> FedAvg.next(BASE, List.of(part(1, 1f)), 1.0))
                .hasMessage("fc.weight: expected 2 values, got 1");
        assertThatThrownBy(() -> FedAvg.next(BASE, List.of(), 1.0)).isInstanceOf(IllegalArgumentException.class);
    }
}
