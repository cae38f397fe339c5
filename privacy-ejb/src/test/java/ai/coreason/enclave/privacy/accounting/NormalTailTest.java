package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalTailTest {
    /** Computed with 40 digits. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.5, -0.69314718055994531, 1.2533141373155003",
        "0.1, 0.46017216272297102, -0.77615459273027333, 1.1592623996187363",
        "1, 0.15865525393145705, -1.8410216450092635, 0.65567954241879847",
        "3, 0.0013498980316300945, -6.6077262215103495, 0.3045902987101033",
        "7, 1.279812543885835e-12, -27.384307498811075, 0.14010418345305024",
        "8.8, 6.840807685935546e-19, -41.826210959484512, 0.1122224264896582",
        "8.9, 2.7923343749396466e-19, -42.722238827359746, 0.11099165128411983",
        "12, 1.776482112077679e-33, -75.410673001568796, 0.082766286501369177",
        "20, 2.7536241186062337e-89, -203.91715537109726, 0.049875925981836784",
        "37, 5.7255712225245768e-300, -689.03058557689059, 0.027007327965128336"
    })
    void above_anyDistance_isAccurateToAFewUnits(double z, double above, double log, double mills) {
        assertThat(NormalTail.above(z)).isCloseTo(above, within(1e-15 * above));
        assertThat(NormalTail.above(-z)).isCloseTo(1 - above, within(2e-16));
        assertThat(NormalTail.logAbove(z)).isCloseTo(log, within(1e-15 * -log));
        assertThat(NormalTail.millsRatio(z)).isCloseTo(mills, within(1e-15 * mills));
    }

    @Test
    void above_beyondDoubles_isZeroOrOne() {
        assertThat(NormalTail.above(Double.POSITIVE_INFINITY)).isZero();
        assertThat(NormalTail.above(Double.NEGATIVE_INFINITY)).isEqualTo(1);
        assertThat(NormalTail.logAbove(1e4)).isCloseTo(-5.0000010129e7, within(1.0));
    }
}
