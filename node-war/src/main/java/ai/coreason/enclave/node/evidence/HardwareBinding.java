package ai.coreason.enclave.node.evidence;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The confidential-computing technologies that this machine shows to the node, by the interfaces that the Linux kernel
 * opens for them.
 */
public enum HardwareBinding {
    /** AMD SEV-SNP guest. */
    SEV_SNP("dev/sev-guest"),
    /** Intel TDX guest. */
    TDX("dev/tdx_guest"),
    /** Intel SGX enclave. */
    SGX("dev/sgx_enclave"),
    /** Reports by the kernel's common interface for confidential VMs ({@code configfs-tsm}). */
    TSM("sys/kernel/config/tsm/report");

    private final String path;

    HardwareBinding(String path) {
        this.path = path;
    }

    /** What is looked for, as an absolute path. */
    public String path() {
        return "/" + path;
    }

    /**
     * What this machine has.
     *
     * @param root the file system's root
     */
    public static List<HardwareBinding> found(Path root) {
        return Arrays.stream(values())
                .filter(b -> Files.exists(root.resolve(b.path)))
                .toList();
    }
}
