package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanAccountantTest {
    @Test
    void epsilon_namesTheAccountantThatGaveTheSmallerFigure() {
        List<Phase> phases = List.of(new Phase(0.01, 1.1, 10_000));
        assertThat(PlanAccountant.epsilon(phases, 1e-5)).isEqualTo(PldAccountant.epsilon(phases, 1e-5));
        assertThat(PlanAccountant.epsilon(phases, 1e-310)).isEqualTo(RdpAccountant.epsilon(phases, 1e-310));
        assertThat(PlanAccountant.epsilon(List.of(), 1e-5).epsilon()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0.18823529411764706, 3, 5, 1e-3", "0.5333333333333333, 3, 5, 1e-3", "0.01, 1.1, 1, 1e-5"})
    void epsilon_roundByRound_rises(double q, double sigma, long steps, double delta) {
        double before = 0;
        for (long round = 1; round <= 200; round++) {
            double after = PlanAccountant.epsilon(List.of(new Phase(q, sigma, round * steps)), delta)
                    .epsilon();
            assertThat(after).isGreaterThan(before);
            before = after;
        }
    }

    /** Node and Overseer compare their figures: these bits were computed elsewhere. */
    @ParameterizedTest
    @CsvSource({
        "0.18823529411764706, 3.0, 170, 0.001, 0x1.7a60abf1c682cp1, 0x1.4bd2c3b390f4dp1",
        "0.01, 1.1, 10000, 1.0E-5, 0x1.686f91d05527ep2, 0x1.4c53b30d0866ap2",
        "0.3, 0.7, 12, 1.0E-8, 0x1.4f147f3151504p4, 0x1.3528e91e152d7p4",
        "0.001, 0.8, 5000, 1.0E-12, 0x1.ba4c28d11399cp1, 0x1.609c3e12aa0f9p1"
    })
    void epsilon_onAnyMachine_hasTheseBits(double q, double sigma, long steps, double delta, String rdp, String pld) {
        List<Phase> phases = List.of(new Phase(q, sigma, steps));
        assertThat(Double.toHexString(RdpAccountant.epsilon(phases, delta).epsilon()))
                .isEqualTo(rdp);
        assertThat(Double.toHexString(PldAccountant.epsilon(phases, delta).epsilon()))
                .isEqualTo(pld);
    }

    /** 200 rounds of 5 steps; what fits as a whole is judged by PLD, what is halted on the way by RDP. */
    @ParameterizedTest
    @CsvSource({"30, 4, 5", "85, 34, 43", "172, 145, 179", "199, 200, 200"})
    void affordableSteps_planThatDoesNotFitAsAWhole_isCountedByRenyiOrders(double rows, long rounds, long byPld) {
        double q = 16 / rows;
        assertThat(PlanAccountant.affordableSteps(q, 3, 1e-3, 3, 1000) / 5).isEqualTo(rounds);
        assertThat(PldAccountant.affordableSteps(List.of(), q, 3, 1e-3, 3, 1000) / 5)
                .isEqualTo(byPld);
    }

    @Test
    void epsilon_manyMechanisms_isThatOfRenyiOrdersAlone() {
        List<Phase> phases = java.util.stream.IntStream.range(0, 9)
                .mapToObj(i -> new Phase(0.1, 2 + i, 3))
                .toList();
        assertThat(PlanAccountant.epsilon(phases, 1e-5)).isEqualTo(RdpAccountant.epsilon(phases, 1e-5));
        assertThat(PlanAccountant.epsilon(phases.subList(0, 8), 1e-5).epsilon())
                .isLessThan(RdpAccountant.epsilon(phases.subList(0, 8), 1e-5).epsilon());
    }

    @Test
    void calibrate_holdsAtTheLimit() {
        double sigma = PlanAccountant.calibrate(0.1, 500, 1e-5, 2);
        assertThat(PlanAccountant.epsilon(List.of(new Phase(0.1, sigma, 500)), 1e-5)
                        .epsilon())
                .isBetween(2 * (1 - 1e-5), 2.0);
        assertThat(sigma).isLessThan(RdpAccountant.calibrate(0.1, 500, 1e-5, 2));
    }
}
