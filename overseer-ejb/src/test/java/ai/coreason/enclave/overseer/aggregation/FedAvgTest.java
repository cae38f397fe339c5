package ai.coreason.enclave.overseer.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FedAvgTest {
    private static final Map<String, float[]> BASE = Map.of("fc.weight", new float[] {1f, 2f});

    private static Part part(double weight, float... difference) {
        return Updates.part(weight, Map.of("fc.weight", difference));
    }

    private static Map<String, float[]> next(Map<String, float[]> base, List<Part> parts, double serverLearningRate) {
        return ((Next.Model) Updates.averaged(base, parts, serverLearningRate)).values();
    }

    @Test
    void next_largestFloatsAtAServerLearningRateAboveOne_isNoModelAndNamesTheParameter() {
        List<Part> parts = List.of(part(1, Float.MAX_VALUE, 0f), part(1, Float.MAX_VALUE, 0f));

        assertThat(Updates.averaged(BASE, parts, 4)).isEqualTo(new Next.OutOfRange("fc.weight"));
        assertThat(Updates.averaged(BASE, List.of(part(1, 2e8f, 0f)), 4)).isInstanceOf(Next.Model.class);
        assertThat(Updates.averaged(BASE, List.of(part(1, 3e8f, 0f)), 4)).isInstanceOf(Next.OutOfRange.class);
        assertThat(Updates.averaged(BASE, List.of(part(1, Float.NaN, 0f)), 1)).isInstanceOf(Next.OutOfRange.class);
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
        List<Part> parts = List.of(part(3, 0.1f, 0.2f), part(7, 0.3f, -0.7f), part(11, 1e-7f, 3e7f));
        assertThat(next(BASE, parts, 1.0).get("fc.weight"))
                .containsExactly(next(BASE, parts, 1.0).get("fc.weight"));
    }

    @Test
    void next_partThatDoesNotFit_isRefusedByName() {
        assertThatThrownBy(() -> Updates.averaged(BASE, List.of(part(1, 1f)), 1.0))
                .hasMessage("fc.weight: expected 2 values, got 1");
        assertThatThrownBy(() -> Updates.averaged(BASE, List.of(), 1.0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void next_severalParameters_namesTheFirstThatIsOutOfRangeAndKeepsNothing() {
        Map<String, float[]> base = new LinkedHashMap<>();
        base.put("a", new float[] {1f});
        base.put("b", new float[] {1f});
        base.put("c", new float[] {1f});
        Map<String, float[]> wild =
                Map.of("a", new float[1], "b", new float[] {Float.NaN}, "c", new float[] {Float.POSITIVE_INFINITY});
        Map<String, float[]> tame = Map.of("a", new float[1], "b", new float[1], "c", new float[1]);

        assertThat(Updates.averaged(base, List.of(Updates.part(1, wild)), 1)).isEqualTo(new Next.OutOfRange("b"));
        Next next = Updates.averaged(base, List.of(Updates.part(1, tame)), 1);
        assertThat(((Next.Model) next).values()).containsOnlyKeys("a", "b", "c");
        assertThat(((Next.Model) next).state().isEmpty()).isTrue();
    }
}
