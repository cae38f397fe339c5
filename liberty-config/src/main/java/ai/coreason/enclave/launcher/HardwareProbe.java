package ai.coreason.enclave.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of this machine is confidential hardware, by the interfaces that the Linux kernel opens to a confidential guest.
 *
 * @param found the interfaces that are there
 * @param processor confidential-computing features that the processor claims; they bind nothing by themselves, because
 *     a host shows them too
 */
record HardwareProbe(List<String> found, Set<String> processor) {
    private static final List<String> INTERFACES =
            List.of("dev/sev-guest", "dev/tdx_guest", "dev/sgx_enclave", "sys/kernel/config/tsm/report");
    private static final Set<String> FLAGS =
            Set.of("sev", "sev_es", "sev_snp", "tdx_guest", "tdx_host_platform", "sgx", "sgx_lc");

    /**
     * Looks at a machine.
     *
     * @param root the file system's root
     */
    static HardwareProbe of(Path root) {
        List<String> found = new ArrayList<>();
        for (String path : INTERFACES) {
            if (Files.exists(root.resolve(path))) {
                found.add("/" + path);
            }
        }
        return new HardwareProbe(List.copyOf(found), flags(root.resolve("proc/cpuinfo")));
    }

    /** Whether the node could be bound to the hardware. */
    boolean confidential() {
        return !found.isEmpty();
    }

    /** Why a node does not launch here. */
    String refusal() {
        String claim = processor.isEmpty()
                ? "the processor claims no such feature"
                : "the processor claims " + String.join(", ", processor)
                        + ", but this system is no confidential guest that uses it";
        return "no confidential hardware: expected one of /" + String.join(", /", INTERFACES) + ", got none ("
                + claim + "). A node on such a machine cannot prove what code sees the data, so it does not launch;"
                + " for a trial without that proof add --insecure, which every report then says.";
    }

    private static Set<String> flags(Path cpuinfo) {
        Set<String> claimed = new TreeSet<>();
        try {
            for (String line : Files.readAllLines(cpuinfo)) {
                if (line.startsWith("flags")) {
                    Arrays.stream(line.split("\\s+")).filter(FLAGS::contains).forEach(claimed::add);
                }
            }
        } catch (IOException e) {
            return Set.of();
        }
        return claimed;
    }
}
