package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** Machines on which some sizes round in another way. */
class CallSizesTest {
    /** Results that are a unit's own, but for sizes that are odd ones out: there they depend on the place too. */
    private static CallSizes.Check machine(IntPredicate odd) {
        return (units, width) -> {
            double[] out = Arrays.stream(units).asDoubleStream().toArray();
            if (odd.test(units.length)) {
                out[out.length - 1] += 1e-12;
            }
            return out;
        };
    }

    @Test
    void of_machineOnWhichAllSizesAreAlike_isTheNextMultipleOfThirtyTwo() {
        CallSizes sizes = new CallSizes(machine(size -> false), 1 << 20, 32);

        assertThat(sizes.of(1, 1)).isEqualTo(32);
        assertThat(sizes.of(61, 1)).isEqualTo(64);
        assertThat(sizes.of(250, 3)).isEqualTo(256);
        assertThat(sizes.of(2_000, 1)).isEqualTo(CallSizes.MOST);
    }

    @Test
    void of_machineOnWhichOnlyTheBaseIsItself_isTheBase() {
        CallSizes sizes = new CallSizes(machine(size -> size != 32), 1 << 20, 32);

        assertThat(sizes.of(200, 1)).isEqualTo(32);
    }

    @Test
    void of_machineOnWhichPlacesDiffer_isOne() {
        CallSizes sizes = new CallSizes(machine(size -> true), 1 << 20, 32);

        assertThat(sizes.of(200, 1)).isEqualTo(1);
    }

    @Test
    void of_littleMemory_isWhatItHoldsOrOne() {
        CallSizes sizes = new CallSizes(machine(size -> false), 70, 32);

        assertThat(sizes.of(200, 1)).isEqualTo(64);
        assertThat(sizes.of(200, 2)).isEqualTo(32);
        assertThat(sizes.of(200, 3)).isEqualTo(1);
    }

    @Test
    void inTwoRegisters_libtorchHeldToRegistersOf256Bits_isHalfOfThoseOf512() {
        assertThat(CallSizes.inTwoRegisters("avx2")).isEqualTo(16);
        assertThat(CallSizes.inTwoRegisters("avx512")).isEqualTo(32);
        assertThat(CallSizes.inTwoRegisters(null)).isEqualTo(32);
    }
}
