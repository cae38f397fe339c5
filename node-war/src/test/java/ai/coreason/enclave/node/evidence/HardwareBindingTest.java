package ai.coreason.enclave.node.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardwareBindingTest {
    @TempDir
    Path root;

    @Test
    void found_ordinaryMachine_isNothing() {
        assertThat(HardwareBinding.found(root)).isEmpty();
    }

    @Test
    void found_sevSnpGuestWithReports_isBoth() throws Exception {
        Files.createDirectories(root.resolve("dev"));
        Files.createFile(root.resolve("dev/sev-guest"));
        Files.createDirectories(root.resolve("sys/kernel/config/tsm/report"));

        assertThat(HardwareBinding.found(root)).containsExactly(HardwareBinding.SEV_SNP, HardwareBinding.TSM);
    }
}
