package ai.coreason.enclave.overseer.authority;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The federation's certificate authority as the running Overseer uses it: certificates of nodes, for hours. */
@ApplicationScoped
public class CertificateAuthority {
    private static final Duration VALIDITY = Duration.ofHours(24);

    private FederationCa ca;

    /** For the container's proxies. */
    protected CertificateAuthority() {}

    /** Loads the authority from {@code ca/} below the state folder. */
    @Inject
    public CertificateAuthority(@ConfigProperty(name = "enclave.state.dir") String state) {
        this.ca = FederationCa.load(Path.of(state, "ca"));
    }

    /** A certificate of a node for its key. */
    public X509Certificate issue(String nodeId, PublicKey key) {
        return ca.issueNode(nodeId, key, VALIDITY);
    }

    /** The authority's own certificate, PEM. */
    public String pem() {
        return FederationCa.pem(ca.caCertificate());
    }
}
