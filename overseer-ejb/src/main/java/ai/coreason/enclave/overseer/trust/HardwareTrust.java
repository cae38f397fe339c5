package ai.coreason.enclave.overseer.trust;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.sentry.attestation.collateral.TrustSources;
import ai.coreason.enclave.sentry.attestation.http.Waiting;
import ai.coreason.enclave.sentry.attestation.policy.QuoteAppraiser;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * What hardware evidence is verified against: the pinned roots of its makers, and where certificates come from that
 * evidence did not bring: first a local folder, then the makers' services, each only where it is configured. Manifests and
 * lists for NVIDIA's GPUs come from the folder alone.
 *
 * <p>Configuration, all optional: {@code enclave.trust.anchors}, a folder whose self-signed certificates replace the
 * built-in roots; {@code enclave.trust.certificates}, a folder; {@code enclave.trust.kds} and {@code enclave.trust.pcs}, the
 * base URLs of AMD's key server and Intel's provisioning service, or of a mirror, whose answers are kept below
 * {@code enclave.state.dir}.
 */
@ApplicationScoped
public class HardwareTrust {
    /**
     * Four documents of a silent service take half a minute at most, well within what a message's suspended transaction
     * may last. No row is locked meanwhile.
     */
    private static final Waiting WAITING =
            new Waiting(Duration.ofSeconds(4), Duration.ofSeconds(8), 3, Duration.ofMillis(250));

    private QuoteAppraiser appraiser;
    private boolean ownAnchors;

    /** For the container's proxies. */
    protected HardwareTrust() {}

    /**
     * Reads the configuration.
     *
     * @throws IOException if a folder cannot be read
     */
    @Inject
    public HardwareTrust(Config config) throws IOException {
        Optional<Path> anchors = path(config, "enclave.trust.anchors");
        ownAnchors = anchors.isPresent();
        appraiser = new TrustSources(
                        anchors,
                        path(config, "enclave.trust.certificates"),
                        config.getOptionalValue("enclave.trust.kds", URI.class),
                        config.getOptionalValue("enclave.trust.pcs", URI.class),
                        path(config, "enclave.state.dir").map(state -> state.resolve("certificates")))
                .appraiser(WAITING);
    }

    private static Optional<Path> path(Config config, String name) {
        return config.getOptionalValue(name, String.class).map(Path::of);
    }

    /** What judges evidence. */
    public QuoteAppraiser appraiser() {
        return appraiser;
    }

    /** Whether the built-in roots are replaced. */
    public boolean ownAnchors() {
        return ownAnchors;
    }

    /** Lower-case hex SHA-256 of each trusted root's DER, sorted. */
    public List<String> anchorDigests() {
        List<String> out = new ArrayList<>();
        for (X509Certificate root : appraiser.anchors().roots()) {
            try {
                out.add(Digests.sha256Hex(root.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException(e);
            }
        }
        out.sort(null);
        return out;
    }
}
