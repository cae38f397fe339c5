package ai.coreason.enclave.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
    private static final String ONE = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";

    @Test
    void read_whatWasWritten_isTheSameBytes() {
        SplittableRandom random = new SplittableRandom(1);
        for (int length = 0; length < 200; length++) {
            byte[] der = new byte[length];
            random.nextBytes(der);

            String pem = Pem.write(Pem.PRIVATE_KEY, der);

            assertThat(Pem.read(Pem.PRIVATE_KEY, pem)).isEqualTo(der);
            assertThat(pem.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(64));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "AQID",
                "-----BEGIN CERTIFICATE-----\nAQID\n",
                "AQID\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----",
                "-----BEGIN CERTIFICATE----------END CERTIFICATE",
                "x" + ONE,
                ONE + "x",
                ONE + ONE,
                "-----BEGIN CERTIFICATE-----\nAQI*\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----",
                "-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----"
            })
    void read_notExactlyOneObjectOfThatLabel_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Pem.read(Pem.CERTIFICATE, text));
    }

    @Test
    void blocks_textAroundSeveral_givesEachWithItsPlace() {
        String text = "subject=a\n" + ONE + "subject=b\r\n" + ONE.replace("\n", "\r\n") + "the end";

        List<Pem.Block> blocks = Pem.blocks(Pem.CERTIFICATE, text);

        assertThat(blocks).hasSize(2);
        assertThat(blocks).allSatisfy(b -> assertThat(b.der()).containsExactly(1, 2, 3));
        assertThat(text.substring(blocks.get(0).end(), blocks.get(1).begin())).isEqualTo("\nsubject=b\r\n");
        assertThat(text.substring(blocks.get(1).end())).isEqualTo("\r\nthe end");
    }

    @Test
    void blocks_oneWithoutAnEnd_isRefusedByItsPlace() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.blocks(Pem.CERTIFICATE, ONE + "-----BEGIN CERTIFICATE-----\nAQID"))
                .withMessage("PEM: expected the end of the CERTIFICATE that begins at character 59, got none");
    }
}
