package ai.coreason.enclave.overseer.trust;

import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes.GuestQuote;
import ai.coreason.enclave.sentry.attestation.guest.TsmReports;
import ai.coreason.enclave.sentry.contract.Evidence;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What vouches for this Overseer, for nodes that demand it: a quote over a node's nonce and the TLS key that this server
 * shows, {@code tls/server.pem} below the state folder. There is one only where the kernel's TSM reports are found, at
 * {@code enclave.tsm.root} or where Linux has them.
 */
@ApplicationScoped
public class OverseerEvidence {
    /** Who asks is not known yet, and a machine makes one quote at a time: so many may wait, the next are sent away. */
    static final int WAITING = 8;

    private final Semaphore places = new Semaphore(WAITING);
    private GuestQuotes quotes;
    private Path certificate;

    /** For the container's proxies. */
    protected OverseerEvidence() {}

    /** Looks for the interface. */
    @Inject
    public OverseerEvidence(
            @ConfigProperty(name = "enclave.tsm.root") Optional<String> root,
            @ConfigProperty(name = "enclave.state.dir") String state) {
        Path folder = root.map(Path::of).orElse(TsmReports.LINUX);
        if (Files.isDirectory(folder)) {
            quotes = new TsmReports(folder);
        }
        certificate = Path.of(state, "tls", "server.pem");
    }

    /** Evidence of given quotes. */
    OverseerEvidence(GuestQuotes quotes, Path certificate) {
        this.quotes = quotes;
        this.certificate = certificate;
    }

    /** As many are waiting for a quote as may. */
    public static final class Busy extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Evidence for one node.
     *
     * @param nodeId who asks
     * @param nonce the node's own, 32 bytes in base64
     * @return empty if this Overseer runs on no hardware that could vouch for it
     * @throws IOException if no quote can be had now
     * @throws Busy if {@value #WAITING} callers are waiting for one
     */
    public Optional<Evidence> attest(String nodeId, String nonce) throws IOException, Busy {
        if (quotes == null) {
            return Optional.empty();
        }
        if (!places.tryAcquire()) {
            throw new Busy();
        }
        try {
            return Optional.of(quoted(nodeId, nonce));
        } finally {
            places.release();
        }
    }

    private Evidence quoted(String nodeId, String nonce) throws IOException {
        ReportData reportData = ReportData.overseer(nodeId, nonce, ownSpki()).readable();
        GuestQuote quote = quotes.quote(reportData.digest());
        return new Evidence(quote.type(), quote.quote(), quote.certificates(), Optional.empty(), reportData.json());
    }

    private String ownSpki() throws IOException {
        try {
            X509Certificate own = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate)));
            return FederationCa.spkiSha384(own.getPublicKey());
        } catch (CertificateException e) {
            throw new IOException(certificate + ": expected this server's certificate, PEM", e);
        }
    }
}
