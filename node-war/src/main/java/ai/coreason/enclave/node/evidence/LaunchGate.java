package ai.coreason.enclave.node.evidence;

import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes;
import ai.coreason.enclave.sentry.attestation.guest.TsmReports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The node's hardware binding: what it takes for evidence, decided once at start. Outside of a simulation a node without
 * confidential hardware does not launch, unless it was told to run insecurely; then every report says so.
 */
public final class LaunchGate {
    private static final System.Logger LOG = System.getLogger(LaunchGate.class.getName());

    private LaunchGate() {}

    /** The refusal to launch; its message is for the operator. */
    public static final class LaunchRefused extends Exception {
        private static final long serialVersionUID = 1L;

        LaunchRefused(String message) {
            super(message);
        }
    }

    /**
     * Chooses the node's evidence.
     *
     * @param insecure whether the node may run without confidential hardware
     * @param root the file system's root, where hardware is looked for
     * @param tsm where the kernel's TSM reports are, if not where Linux has them
     * @param manifestSha256 the digest of the installed code
     * @throws LaunchRefused if nothing may vouch for the node
     * @throws IOException if the simulation's key cannot be read
     */
    public static EvidenceSource open(
            SiteFile site, boolean insecure, Path root, Optional<Path> tsm, String manifestSha256, Clock clock)
            throws LaunchRefused, IOException {
        if (site.evidenceKey().isPresent()) {
            LOG.log(System.Logger.Level.WARNING, "evidence.simulated node={0}", site.nodeId());
            return SimulatedSource.of(site.evidenceKey().get(), manifestSha256, clock);
        }
        List<HardwareBinding> found = HardwareBinding.found(root);
        if (insecure) {
            LOG.log(System.Logger.Level.WARNING, "evidence.insecure node={0} found={1}", site.nodeId(), found);
            return SimulatedSource.untrusted(manifestSha256, clock);
        }
        Path reports = tsm.orElse(root.resolve(HardwareBinding.TSM.path().substring(1)));
        GuestQuotes quotes = quotes(root, reports, found);
        LOG.log(
                System.Logger.Level.INFO,
                "evidence.hardware node={0} found={1} gpu={2}",
                site.nodeId(),
                found,
                site.gpuEvidence().isPresent());
        return new HardwareSource(quotes, site.gpuEvidence().map(GpuEvidence::by));
    }

    private static GuestQuotes quotes(Path root, Path reports, List<HardwareBinding> found) throws LaunchRefused {
        if (Files.isDirectory(reports)) {
            return new TsmReports(reports);
        }
        if (found.contains(HardwareBinding.SEV_SNP)) {
            return SevGuestIoctl.device(
                    root.resolve(HardwareBinding.SEV_SNP.path().substring(1)));
        }
        String without = "; start with enclave.insecure=true to run without, which every report will say";
        if (found.contains(HardwareBinding.TDX)) {
            throw new LaunchRefused("found [TDX], whose quotes come from the kernel's TSM reports: expected a folder "
                    + reports + ", got none" + without);
        }
        if (found.contains(HardwareBinding.SGX)) {
            throw new LaunchRefused("found [SGX], which vouches for an enclave's code only, and the node runs in none:"
                    + " expected an SEV-SNP or TDX guest" + without);
        }
        String looked = Stream.concat(
                        Arrays.stream(HardwareBinding.values())
                                .filter(b -> b != HardwareBinding.TSM)
                                .map(HardwareBinding::path),
                        Stream.of(reports.toString()))
                .collect(Collectors.joining(", "));
        throw new LaunchRefused("no confidential hardware: expected one of " + looked + ", found none" + without);
    }
}
