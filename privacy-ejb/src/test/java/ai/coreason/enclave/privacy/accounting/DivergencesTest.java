package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DivergencesTest {
    @Test
    void at_orderThatIsKnown_isTheSameDouble() {
        SubsampledGaussian mechanism = new SubsampledGaussian(0.01, 2);
        Divergences kept = new Divergences(mechanism);
        for (int again = 0; again < 2; again++) {
            for (double order = 1; order < 60; order += 0.37) { // more than there are places
                assertThat(kept.at(order)).isEqualTo(mechanism.rdp(order));
            }
            for (int i = 100; i < 200; i += 7) {
                assertThat(kept.onGrid(i)).isEqualTo(mechanism.rdp(1 + StrictMath.exp(RenyiCurve.gridPoint(i))));
            }
        }
    }
}
