package ai.coreason.enclave.launcher.hardware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What confidential hardware the Linux kernel shows to programs on this machine. Immutable and thread-safe. It only looks
 * for interfaces: that one is there proves nothing to anybody else.
 */
public final class HardwareProbe {
    /** What is looked for. */
    public enum Technology {
        /** AMD SEV-SNP guest: its device, or the common report interface with the processor's flag. */
        SEV_SNP("dev/sev-guest", "sev_snp"),
        /** Intel TDX guest: its device, or the common report interface with the processor's flag. */
        TDX("dev/tdx_guest", "tdx_guest"),
        /** Intel SGX: its device. */
        SGX("dev/sgx_enclave", "");

        private final String device;
        private final String flag;

        Technology(String device, String flag) {
            this.device = device;
            this.flag = flag;
        }
    }

    private static final String REPORTS = "sys/kernel/config/tsm/report";
    private static final String PROCESSOR = "proc/cpuinfo";

    private final Set<Technology> found;

    private HardwareProbe(Set<Technology> found) {
        this.found = Set.copyOf(found);
    }

    /**
     * Looks.
     *
     * @param root the file system's root
     * @throws IOException if the processor's description is there and cannot be read
     */
    public static HardwareProbe at(Path root) throws IOException {
        Set<String> flags = Files.isDirectory(root.resolve(REPORTS)) ? flags(root.resolve(PROCESSOR)) : Set.of();
        EnumSet<Technology> found = EnumSet.noneOf(Technology.class);
        for (Technology technology : Technology.values()) {
            if (Files.exists(root.resolve(technology.device)) || flags.contains(technology.flag)) {
                found.add(technology);
            }
        }
        return new HardwareProbe(found);
    }

    /** What was found; often nothing, seldom more than one. */
    public Set<Technology> found() {
        return found;
    }

    /** A sentence for people: what was found, or what was looked for. */
    public String sentence() {
        if (!found.isEmpty()) {
            return "found " + found.stream().sorted().toList();
        }
        String looked = Stream.concat(Arrays.stream(Technology.values()).map(t -> t.device), Stream.of(REPORTS))
                .map(path -> "/" + path)
                .collect(Collectors.joining(", "));
        return "no confidential hardware: expected one of " + looked + ", found none";
    }

    private static Set<String> flags(Path processor) throws IOException {
        if (!Files.isReadable(processor)) {
            return Set.of();
        }
        Set<String> flags = new HashSet<>();
        for (String line : Files.readAllLines(processor)) {
            if (line.startsWith("flags")) {
                flags.addAll(Arrays.asList(
                        line.substring(line.indexOf(':') + 1).trim().split(" +")));
            }
        }
        return flags;
    }
}
