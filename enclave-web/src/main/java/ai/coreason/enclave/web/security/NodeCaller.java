package ai.coreason.enclave.web.security;

import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.enrolment.Standing;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** Who calls on the node endpoint, by the certificate that TLS has checked. */
@ApplicationScoped
public class NodeCaller {
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    @Inject
    private NodeRegistry nodes;

    /** The certificate that the caller shows. */
    public static Optional<X509Certificate> certificate(HttpServletRequest request) {
        return request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0
                ? Optional.of(chain[0])
                : Optional.empty();
    }

    /** What the bearer of a certificate is now. */
    public Standing standing(X509Certificate certificate) {
        return FederationCa.nodeId(certificate)
                .map(id -> nodes.standing(id, certificate))
                .orElseGet(() -> new Standing.Stranger("expected a node's certificate, got another"));
    }
}
