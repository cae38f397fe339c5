package ai.coreason.enclave.node.evidence;

import ai.coreason.enclave.node.site.SiteFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

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
     * @param manifestSha256 the digest of the installed code
     * @throws LaunchRefused if nothing may vouch for the node
     * @throws IOException if the simulation's key cannot be read
     */
    public static EvidenceSource open(SiteFile site, boolean insecure, Path root, String manifestSha256, Clock clock)
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
        if (found.isEmpty()) {
            String looked = Arrays.stream(HardwareBinding.values())
                    .map(HardwareBinding::path)
                    .collect(Collectors.joining(", "));
            throw new LaunchRefused("no confidential hardware: expected one of " + looked
                    + ", found none; start with enclave.insecure=true to run without, which every report will say");
        }
        throw new LaunchRefused("found " + found + ", but this version cannot make hardware quotes yet; start with"
                + " enclave.insecure=true to run without, which every report will say");
    }
}
