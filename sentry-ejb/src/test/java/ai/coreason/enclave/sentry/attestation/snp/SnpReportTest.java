package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of reports, byte by byte. */
class SnpReportTest {
    private static final byte[] GOOD = SnpPki.report(SnpKey.VCEK, SnpProduct.MILAN, r -> {});

    private static byte[] with(Consumer<ByteBuffer> change) {
        byte[] out = GOOD.clone();
        change.accept(ByteBuffer.wrap(out).order(java.nio.ByteOrder.LITTLE_ENDIAN));
        return out;
    }

    private static void assertRefused(byte[] report, String message) {
        assertThatThrownBy(() -> SnpReport.parse(report))
                .isInstanceOf(MalformedEvidence.class)
                .hasMessageContaining(message);
    }

    private static void assertForm(Consumer<ByteBuffer> change) {
        assertThatCode(() -> SnpReport.parse(with(change))).doesNotThrowAnyException();
    }

    @Test
    void parse_everyOtherLength_isRefused() {
        for (int length = 0; length < 1300; length++) {
            if (length != SnpReport.BYTES) {
                assertRefused(Arrays.copyOf(GOOD, length), "expected 1184 bytes, got " + length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 6, 99, -1, 0x02000000})
    void parse_unknownVersion_isRefused(int version) {
        assertRefused(with(r -> r.putInt(0, version)), "expected version 2, 3 or 5");
    }

    @Test
    void parse_everyReservedByte_isRefusedIfNotZero() {
        int[][] ranges = {{0x4c, 0x50}, {0x18b, 0x1a0}, {0x1eb, 0x1ec}, {0x1ef, 0x1f0}, {0x1f8, 0x2a0}, {0x330, 0x4a0}};
        for (int[] range : ranges) {
            for (int i = range[0]; i < range[1]; i++) {
                int at = i;
                assertRefused(with(r -> r.put(at, (byte) 1)), "reserved bytes of zero");
            }
        }
    }

    @Test
    void parse_version2_reservesTheProcessorAndVersion5TellsMitigations() {
        assertForm(r -> r.putInt(0, 2).putInt(0x188, 0));
        for (int i = 0x188; i < 0x1a0; i++) {
            int at = i;
            assertRefused(with(r -> r.putInt(0, 2).putInt(0x188, 0).put(at, (byte) 1)), "offset 392");
        }
        for (int i = 0x1f8; i < 0x208; i++) {
            int at = i;
            assertForm(r -> r.putInt(0, 5).put(at, (byte) 1));
        }
        for (int i = 0x208; i < 0x2a0; i++) {
            int at = i;
            assertRefused(with(r -> r.putInt(0, 5).put(at, (byte) 1)), "offset 520");
        }
    }

    @Test
    void parse_reservedBits_areRefusedIfNotZero() {
        for (int bit = 26; bit < 64; bit++) {
            long value = 0x30000L | 1L << bit;
            assertRefused(with(r -> r.putLong(0x08, value)), "policy bits 63 to 26");
        }
        for (int bit = 8; bit < 64; bit++) {
            long value = 1L << bit;
            assertRefused(with(r -> r.putLong(0x40, value)), "platform information bits");
        }
        for (int bit = 5; bit < 32; bit++) {
            int value = 1 << bit;
            assertRefused(with(r -> r.putInt(0x48, value)), "flag bits 31 to 5");
        }
    }

    @Test
    void parse_signingKey_isOfTheTwoThatSign() {
        assertForm(r -> r.putInt(0x48, 1 << 2));
        for (int key = 2; key < 8; key++) {
            int value = key << 2;
            assertRefused(with(r -> r.putInt(0x48, value)), "signing key 0 (VCEK) or 1 (VLEK)");
        }
    }

    @Test
    void parse_vmpl_isOfTheFourOrTheHosts() {
        assertForm(r -> r.putInt(0x30, 3));
        assertForm(r -> r.putInt(0x30, -1));
        assertRefused(with(r -> r.putInt(0x30, 4)), "a VMPL in [0, 3]");
        assertRefused(with(r -> r.putInt(0x30, -2)), "a VMPL in [0, 3]");
    }

    @Test
    void parse_signatureAlgorithm_isTheOnlyOne() {
        assertRefused(with(r -> r.putInt(0x34, 0)), "algorithm 1");
        assertRefused(with(r -> r.putInt(0x34, 2)), "algorithm 1");
        assertRefused(with(r -> r.putInt(0x34, 0x101)), "algorithm 1");
    }

    @Test
    void parse_authorKey_agreesWithItsDigest() {
        assertRefused(with(r -> r.putInt(0x48, 1)), "an author key's digest");
        assertRefused(with(r -> r.put(0x13f, (byte) 1)), "zeros, since AUTHOR_KEY_EN is 0");
        assertForm(r -> r.putInt(0x48, 1).put(0x13f, (byte) 1));
    }

    @Test
    void parse_processor_isOfAKnownProduct() throws Exception {
        int[][] known = {
            {0x19, 0x00, 0},
            {0x19, 0x0f, 0},
            {0x19, 0x10, 1},
            {0x19, 0x1f, 1},
            {0x19, 0xa0, 1},
            {0x19, 0xaf, 1},
            {0x1a, 0x00, 2},
            {0x1a, 0x02, 2},
            {0x1a, 0x11, 2}
        };
        for (int[] cpu : known) {
            byte[] report = with(r -> r.put(0x188, (byte) cpu[0]).put(0x189, (byte) cpu[1]));
            assertThat(SnpReport.parse(report).product()).contains(SnpProduct.values()[cpu[2]]);
        }
        int[][] unknown = {{0x19, 0x20}, {0x19, 0x9f}, {0x19, 0xb0}, {0x1a, 0x12}, {0x1a, 0x50}, {0x17, 0x31}, {0, 0}};
        for (int[] cpu : unknown) {
            assertRefused(with(r -> r.put(0x188, (byte) cpu[0]).put(0x189, (byte) cpu[1])), "a processor of Milan");
        }
    }

    @Test
    void parse_numbersOfTheSignature_areBelowTheOrderAndNotZero() {
        byte[] n = littleEndian(EcKey.ORDER);
        byte[] last = littleEndian(EcKey.ORDER.subtract(BigInteger.ONE));
        for (int at : new int[] {0x2a0, 0x2a0 + 72}) {
            assertRefused(with(r -> r.put(at, new byte[48])), "expected a number in [1, n-1], got 0");
            assertRefused(with(r -> r.put(at, n)), "expected a number in [1, n-1]");
            assertForm(r -> r.put(at, last));
            for (int i = 48; i < 72; i++) {
                int pad = at + i;
                assertRefused(with(r -> r.put(pad, (byte) 1)), "24 reserved bytes of zero");
            }
        }
    }

    private static byte[] littleEndian(BigInteger value) {
        byte[] big = value.toByteArray();
        byte[] out = new byte[48];
        for (int i = 0; i < 48 && i < big.length; i++) {
            out[i] = big[big.length - 1 - i];
        }
        return out;
    }

    @Test
    void parse_callersBytes_areCopied() throws Exception {
        byte[] bytes = GOOD.clone();
        SnpReport report = SnpReport.parse(bytes);
        Arrays.fill(bytes, (byte) 0);
        report.measurement()[0] ^= 1;
        assertThat(report.measurement()).startsWith(0x11, 0x12);
        assertThat(report)
                .hasToString("SEV-SNP report of version 3, measurement "
                        + ai.coreason.enclave.sentry.attestation.ByteReader.hex(report.measurement()));
    }
}
