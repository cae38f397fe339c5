package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.coreason.enclave.privacy.accounting.RealFft.Spectrum;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealFftTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16, 32, 128, 1024, 2048})
    void forward_seededSequence_isTheFourierSumWithinItsBound(int size) {
        double[] x = new Random(size).doubles(size).toArray();
        RealFft fft = new RealFft(size);
        Spectrum spectrum = fft.forward(x);
        for (int k = 0; k <= size / 2; k++) {
            double re = 0;
            double im = 0;
            for (int j = 0; j < size; j++) {
                double angle = 2 * Math.PI * ((long) j * k % size) / size;
                re += x[j] * Math.cos(angle);
                im -= x[j] * Math.sin(angle);
            }
            assertThat(Math.hypot(spectrum.re()[k] - re, spectrum.im()[k] - im))
                    .isLessThan(2 * fft.roundingBound() * size);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 64, 512, 131072})
    void inverse_ofForward_isTheSequence(int size) {
        double[] x = new Random(size).doubles(size).toArray();
        RealFft fft = new RealFft(size);
        double[] back = fft.inverse(fft.forward(x));
        for (int j = 0; j < size; j++) {
            assertThat(back[j]).isCloseTo(x[j], within(1e-14));
        }
    }

    @Test
    void create_sizeNotAPowerOfTwo_isRefused() {
        assertThatThrownBy(() -> new RealFft(12)).hasMessage("size: expected a power of two >= 4, got 12");
        assertThatThrownBy(() -> new RealFft(2)).isInstanceOf(IllegalArgumentException.class);
    }
}
