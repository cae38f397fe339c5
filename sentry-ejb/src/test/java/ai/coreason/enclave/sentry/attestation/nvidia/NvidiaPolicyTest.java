package ai.coreason.enclave.sentry.attestation.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy.Device;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy.Revocation;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy.Rims;
import org.junit.jupiter.api.Test;

class NvidiaPolicyTest {
    private static final String LEAST = "{\"architectures\":[\"HOPPER\"],\"minimum_driver\":\"550.90.07\","
            + "\"minimum_vbios\":\"96.00.9F.00.01\",\"revocation\":\"required\"}";

    private static NvidiaPolicy parse(String json) {
        return NvidiaPolicy.parse(Json.read(json), "nvidia");
    }

    @Test
    void parse_rulesLeftOut_areTheStrictest() {
        NvidiaPolicy p = parse(LEAST);
        assertThat(p.device()).isEqualTo(Device.REQUIRED);
        assertThat(p.rims()).isEqualTo(Rims.REQUIRED);
        assertThat(p.revocation()).isEqualTo(Revocation.REQUIRED);
        assertThat(p.trailingByte()).isFalse();
        assertThat(p.debug()).isFalse();
        assertThat(p.architectures()).containsExactly(Architecture.HOPPER);
    }

    @Test
    void json_parsedPolicies_comeBackTheSame() {
        NvidiaPolicy waived = parse(LEAST.replace("\"required\"", "{\"waived_by\":\"ops\"}")
                .replace(
                        "{\"arch",
                        "{\"device\":\"optional\",\"debug\":true,\"trailing_byte\":true,\"rims_required\":false,\"nonce\":\""
                                + "ab".repeat(32) + "\",\"arch"));
        assertThat(waived.revocation()).isEqualTo(Revocation.WAIVED);
        assertThat(waived.waivedBy()).contains("ops");
        assertThat(NvidiaPolicy.parse(waived.json(), "")).isEqualTo(waived);
        assertThat(NvidiaPolicy.parse(parse(LEAST).json(), "")).isEqualTo(parse(LEAST));
    }

    @Test
    void parse_membersMissingUnknownOrOfAnotherForm_areRefusedByName() {
        assertRefused(LEAST.replaceFirst("\"architectures\":\\[\"HOPPER\"],", ""), "architectures");
        assertRefused(LEAST.replace("HOPPER", "PASCAL"), "architectures[0]");
        assertRefused(LEAST.replaceFirst("\"minimum_driver\":\"550.90.07\",", ""), "minimum_driver");
        assertRefused(LEAST.replace("550.90.07", "newest"), "minimum_driver");
        assertRefused(LEAST.replace("96.00.9F.00.01", ""), "minimum_vbios");
        assertRefused(LEAST.replace(",\"revocation\":\"required\"", ""), "revocation");
        assertRefused(LEAST.replace("\"required\"", "\"waived\""), "revocation");
        assertRefused(LEAST.replace("\"required\"", "{}"), "waived_by");
        assertRefused(LEAST.replace("{\"arch", "{\"nonce\":\"00\",\"arch"), "nonce");
        assertRefused(LEAST.replace("{\"arch", "{\"device\":\"maybe\",\"arch"), "device");
        assertRefused(LEAST.replace("{\"arch", "{\"debg\":true,\"arch"), "debg");
    }

    private static void assertRefused(String json, String member) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining(member);
    }

    @Test
    void json_strict_hasNone() {
        assertThatThrownBy(() -> NvidiaPolicy.strict().json())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("revocation");
    }

    @Test
    void atLeast_versions_areOrderedByNumbers() {
        assertThat(Versions.atLeast("550.144", "550.90.07", 10)).isTrue();
        assertThat(Versions.atLeast("550.90.07", "550.90.7.0", 10)).isTrue();
        assertThat(Versions.atLeast("535", "550.90.07", 10)).isFalse();
        assertThat(Versions.atLeast("96.00.9f", "96.00.74.00.FF", 16)).isTrue();
        assertThat(Versions.atLeast("", "0", 10)).isFalse();
        assertThat(Versions.atLeast("1.x", "0", 10)).isFalse();
    }
}
