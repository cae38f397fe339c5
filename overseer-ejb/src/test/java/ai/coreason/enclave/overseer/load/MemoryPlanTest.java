package ai.coreason.enclave.overseer.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlanTest {
    @ParameterizedTest
    @ValueSource(longs = {256L << 20, 512L << 20, 2L << 30, 64L << 30})
    void mostParameters_aggregatedAndUploaded_fitIntoTheirShares(long heap) {
        MemoryPlan plan = new MemoryPlan(heap);
        for (int nodes = 1; nodes < 200; nodes++) {
            long most = plan.mostParameters(nodes);
            assertThat(plan.aggregation(most, nodes)).isLessThanOrEqualTo(plan.models());
            assertThat(plan.oneModel(most)).isLessThanOrEqualTo(plan.models());
            assertThat(plan.upload(4 * most)).isLessThanOrEqualTo(plan.uploads());
        }
        assertThat(plan.models() + plan.uploads()).isLessThanOrEqualTo(heap * 2 / 3);
    }

    @Test
    void mostParameters_heapTooSmallForAnything_isNone() {
        assertThat(new MemoryPlan(1 << 20).mostParameters(1)).isZero();
    }
}
