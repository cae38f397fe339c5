package ai.coreason.enclave.launcher.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.launcher.hardware.HardwareProbe.Technology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HardwareProbeTest {
    @TempDir
    Path root;

    @Test
    void at_ordinaryMachine_saysWhatWasLookedFor() throws IOException {
        processor("fpu sse2 avx2");

        HardwareProbe probe = HardwareProbe.at(root);

        assertThat(probe.found()).isEmpty();
        assertThat(probe.sentence())
                .isEqualTo("no confidential hardware: expected one of /dev/sev-guest, /dev/tdx_guest, /dev/sgx_enclave,"
                        + " /sys/kernel/config/tsm/report, found none");
    }

    @ParameterizedTest
    @CsvSource({"sev-guest, SEV_SNP", "tdx_guest, TDX", "sgx_enclave, SGX"})
    void at_device_isFound(String device, Technology technology) throws IOException {
        Files.createFile(Files.createDirectories(root.resolve("dev")).resolve(device));

        HardwareProbe probe = HardwareProbe.at(root);

        assertThat(probe.found()).containsExactly(technology);
        assertThat(probe.sentence()).isEqualTo("found [" + technology + "]");
    }

    @Test
    void at_reportsAndFlag_isFoundWithoutDevice() throws IOException {
        Files.createDirectories(root.resolve("sys/kernel/config/tsm/report"));
        processor("fpu sev_snp");

        assertThat(HardwareProbe.at(root).found()).containsExactly(Technology.SEV_SNP);
    }

    @Test
    void at_flagWithoutReports_isNotFound() throws IOException {
        processor("fpu sev_snp tdx_guest");

        assertThat(HardwareProbe.at(root).found()).isEmpty();
    }

    private void processor(String flags) throws IOException {
        Files.writeString(
                Files.createDirectories(root.resolve("proc")).resolve("cpuinfo"),
                "model name : x\nflags\t\t: " + flags + "\n");
    }
}
