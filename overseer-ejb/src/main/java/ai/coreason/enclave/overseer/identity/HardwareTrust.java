package ai.coreason.enclave.overseer.identity;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource;
import ai.coreason.enclave.sentry.attestation.policy.QuoteAppraiser;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What hardware evidence is verified against: the pinned roots of its makers, and where certificates come from that
 * evidence did not bring.
 */
@ApplicationScoped
public class HardwareTrust {
    private QuoteAppraiser appraiser;
    private String anchorsFolder = "";

    /** For the container's proxies. */
    protected HardwareTrust() {}

    /**
     * Reads the configuration.
     *
     * @param anchors {@code enclave.trust.anchors}: a folder whose self-signed certificates replace the built-in roots
     * @throws IOException if it cannot be read
     */
    @Inject
    public HardwareTrust(@ConfigProperty(name = "enclave.trust.anchors") Optional<String> anchors) throws IOException {
        anchorsFolder = anchors.orElse("");
        Anchors roots = anchors.isPresent() ? Anchors.of(Path.of(anchors.get())) : Anchors.builtIn();
        appraiser = new QuoteAppraiser(roots, CertificateSource.none());
    }

    /** What judges evidence. */
    public QuoteAppraiser appraiser() {
        return appraiser;
    }

    /** The folder whose roots replace the built-in ones; empty text if none does. */
    public String anchorsFolder() {
        return anchorsFolder;
    }
}
