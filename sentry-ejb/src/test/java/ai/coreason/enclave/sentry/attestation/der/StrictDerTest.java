package ai.coreason.enclave.sentry.attestation.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.sentry.Bounds;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictDerTest {
    private static void check(String hex) throws MalformedEvidence {
        StrictDer.check("x", HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0500", "3000", "30020500", "a003020101", "04030102ff", "3006300430023000"})
    void check_oneValue_passes(String hex) {
        assertThatCode(() -> check(hex)).doesNotThrowAnyException();
    }

    @Test
    void check_longerLengths_pass() {
        for (int length : new int[] {0x80, 0xff, 0x100, 0xffff, 0x10000}) {
            int count = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
            String header = "04" + HexFormat.of().toHexDigits((byte) (0x80 | count))
                    + HexFormat.of().toHexDigits(length, 2 * count);
            assertThatCode(() -> check(header + "00".repeat(length))).doesNotThrowAnyException();
            assertThatThrownBy(() -> check(header + "00".repeat(length - 1))).isInstanceOf(MalformedEvidence.class);
            assertThatThrownBy(() -> check(header + "00".repeat(length + 1))).isInstanceOf(MalformedEvidence.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "30",
                "3001",
                "300000",
                "30800000",
                "308100",
                "30817f" + "00",
                "3082007f",
                "30820080",
                "308400000000",
                "308300ffff",
                "30ff",
                "1f0100",
                "3f00",
                "3003020200",
                "30021f00",
                "300230800000"
            })
    void check_anythingElse_isRefused(String hex) {
        assertThatThrownBy(() -> check(hex)).isInstanceOf(MalformedEvidence.class);
    }

    @Test
    void check_levels_areCounted() throws Exception {
        String hex = "3000";
        for (int i = 0; i < 16; i++) {
            hex = "30" + HexFormat.of().toHexDigits((byte) (hex.length() / 2)) + hex;
        }
        check(hex);
        String deeper = "30" + HexFormat.of().toHexDigits((byte) (hex.length() / 2)) + hex;
        assertThatThrownBy(() -> check(deeper))
                .isInstanceOf(MalformedEvidence.class)
                .hasMessageContaining("levels");
    }

    private static void checkSigned(String hex) throws MalformedEvidence {
        StrictDer.checkSigned("x", HexFormat.of().parseHex(hex));
    }

    /** 300a is ECDSA with SHA-256, 300b RSA with SHA-384. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "30193000300a06082a8648ce3d0403020309003006020101020101",
                "301a3000300a06082a8648ce3d040302030a00300702020081020101",
                "30133000300b06092a864886f70d01010c03020030"
            })
    void checkSigned_signatureAsItIsWritten_passes(String hex) {
        assertThatCode(() -> checkSigned(hex)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3000",
                "30023000",
                "300e3000300a06082a8648ce3d040302",
                "30103000300a06082a8648ce3d0403020300",
                "30193000300a06082a8648ce3d0403020309013006020101020101",
                "30193000300a06082a8648ce3d0403020409003006020101020101",
                "30193000300a06082a8648ce3d0403020309003106020101020101",
                "30193000300a06082a8648ce3d0403020309003006020181020101",
                "301a3000300a06082a8648ce3d040302030a00300702020001020101",
                "301a3000300a06082a8648ce3d040302030a00300602010102010100",
                "30163000300a06082a8648ce3d0403020306003003020101",
                "301b3000300a06082a8648ce3d04030203090030060201010201010500"
            })
    void checkSigned_anyOther_isRefused(String hex) {
        assertThatThrownBy(() -> checkSigned(hex)).isInstanceOf(MalformedEvidence.class);
    }

    @Test
    void check_hostileValues_areReadOrRefusedWithoutMemory() {
        HostileDer.values().forEach((which, der) -> {
            boolean many = which.startsWith("many");
            assertThat(Bounds.within(which, () -> {
                        try {
                            StrictDer.check("x", der);
                            return true;
                        } catch (MalformedEvidence e) {
                            return false;
                        }
                    }))
                    .as(which)
                    .isEqualTo(many);
        });
    }
}
