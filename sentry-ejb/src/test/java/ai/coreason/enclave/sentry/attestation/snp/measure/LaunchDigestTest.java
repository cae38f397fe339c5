package ai.coreason.enclave.sentry.attestation.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.snp.measure.LaunchDigest.Boot;
import ai.coreason.enclave.sentry.attestation.snp.measure.LaunchDigest.Guest;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaunchDigestTest {
    private static final String AMD_SEV = "ovmf_AmdSev_suffix.bin";
    private static final String OVMF_X64 = "ovmf_OvmfX64_suffix.bin";

    private static Path folder() {
        return SharedData.file("vectors/attestation/snp-measure/launch-digests");
    }

    private static byte[] file(String name) throws IOException {
        return Files.readAllBytes(folder().resolve(name));
    }

    private static Guest guest(JsonNode c) throws IOException {
        Optional<Boot> boot = c.get("kernel").isNull()
                ? Optional.empty()
                : Optional.of(new Boot(
                        file(c.get("kernel").asText()),
                        file(c.get("initrd").asText()),
                        c.get("append").asText().getBytes(StandardCharsets.UTF_8)));
        CpuModel cpu = c.get("vcpu_type").isNull()
                ? CpuModel.UNTOLD
                : CpuModel.named(c.get("vcpu_type").asText());
        return new Guest(
                file(c.get("ovmf").asText()),
                boot,
                c.get("vcpus").asInt(),
                cpu,
                c.get("guest_features").asLong(),
                Hypervisor.valueOf(c.get("vmm").asText().toUpperCase(Locale.ROOT)));
    }

    private static Guest simple(String ovmf, boolean kernel, int vcpus, long features, Hypervisor hypervisor)
            throws IOException {
        Boot boot = new Boot(new byte[0], new byte[0], new byte[0]);
        return new Guest(
                file(ovmf),
                kernel ? Optional.of(boot) : Optional.empty(),
                vcpus,
                CpuModel.named("EPYC-v4"),
                features,
                hypervisor);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void of_everyCase_isWhatTheReferenceToolSays() throws Exception {
        JsonNode cases = Json.read(file("cases.json"));
        assertThat(cases).hasSizeGreaterThanOrEqualTo(15);
        for (JsonNode c : cases) {
            assertThat(hex(LaunchDigest.of(guest(c))))
                    .describedAs(c.toString())
                    .isEqualTo(c.get("launch_digest").asText());
            if (c.has("intermediate")) {
                assertThat(hex(LaunchDigest.ofFirmware(file(c.get("ovmf").asText()))))
                        .isEqualTo(c.get("intermediate").get("ld_after_ovmf").asText());
            }
        }
    }

    @Test
    void of_otherHypervisors_isWhatTheReferenceToolSays() throws Exception {
        assertThat(hex(LaunchDigest.of(simple(AMD_SEV, true, 1, 1, Hypervisor.EC2))))
                .isEqualTo(
                        "0883bd0eeb716e65b7b977a321c278d1e51b33b5c655fab985443bbcc65c086b9c15e8a0bd8811050dec7e24964e5056");
        assertThat(hex(LaunchDigest.of(simple(AMD_SEV, true, 4, 1, Hypervisor.GCE))))
                .isEqualTo(
                        "5c5debf100fc339f90276e761ee1f1658d08922c3b20e2a2e6c7a6c3370b2452a15a00eae11886a93d6fd1e7ab81e29d");
    }

    @Test
    void of_kernelWithoutRoomForItsHashes_isRefused() throws Exception {
        Guest guest = simple(OVMF_X64, true, 1, 1, Hypervisor.QEMU);
        assertThatThrownBy(() -> LaunchDigest.of(guest))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SNP_KERNEL_HASHES");
    }

    @Test
    void of_anyByteOfTheTablesChanged_isRefusedOrAnotherDigest() throws Exception {
        byte[] image = file(AMD_SEV);
        String before = hex(LaunchDigest.of(guestOf(image)));
        for (int at = 0; at < image.length; at++) {
            byte[] changed = image.clone();
            changed[at] ^= 0x40;
            try {
                assertThat(hex(LaunchDigest.of(guestOf(changed)))).isNotEqualTo(before);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("ovmf: expected");
            }
        }
    }

    private static Guest guestOf(byte[] image) {
        return new Guest(image, Optional.empty(), 2, CpuModel.named("EPYC-v4"), 1, Hypervisor.QEMU);
    }

    @Test
    void of_imageCutShort_isRefused() throws Exception {
        byte[] image = file(AMD_SEV);
        for (int length : new int[] {0, 1, 4095}) {
            assertThatThrownBy(() -> LaunchDigest.of(guestOf(Arrays.copyOf(image, length))))
                    .hasMessageContaining("whole pages");
        }
        assertThatThrownBy(() -> LaunchDigest.of(guestOf(new byte[4096]))).hasMessageContaining("a table");
    }

    @Test
    void named_unknownProcessor_isRefusedByName() {
        assertThat(CpuModel.named("EPYC-Milan-v2").signature()).isEqualTo(0xa00f11);
        assertThatThrownBy(() -> CpuModel.named("Xeon"))
                .hasMessageContaining("vcpu-type: expected one of [EPYC, EPYC-Genoa");
    }

    @Test
    void guest_numbersOutOfRange_areRefused() {
        CpuModel cpu = CpuModel.UNTOLD;
        assertThatThrownBy(() -> new Guest(new byte[0], Optional.empty(), 0, cpu, 1, Hypervisor.QEMU))
                .hasMessageContaining("vcpus");
        assertThatThrownBy(() -> new Guest(new byte[0], Optional.empty(), 1, cpu, 2, Hypervisor.QEMU))
                .hasMessageContaining("guest-features");
    }
}
