package ai.coreason.enclave.overseer.token;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Who vouches for the server with the issuer's keys: certificates of authorities, or those that this Java comes with. Immutable. */
public final class IssuerTrust {
    /** The authorities that this Java comes with. */
    public static final IssuerTrust SYSTEM = new IssuerTrust(List.of());

    private final List<Certificate> roots;

    private IssuerTrust(List<Certificate> roots) {
        this.roots = roots;
    }

    /**
     * The authorities of a file and no others.
     *
     * @param pem one certificate or several
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it holds no certificate, or anything else
     */
    public static IssuerTrust of(Path pem) throws IOException {
        try {
            Collection<? extends Certificate> read = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(pem)));
            if (!read.isEmpty()) {
                return new IssuerTrust(List.copyOf(read));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(pem + ": expected certificates in PEM, got something else", e);
        }
        throw new IllegalArgumentException(pem + ": expected certificates in PEM, got none");
    }

    /** TLS of a client with this trust; not the server's own, which trusts the federation's authority alone. */
    SSLContext context() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(roots.isEmpty() ? null : store());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore store() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < roots.size(); i++) {
            store.setCertificateEntry("issuer" + i, roots.get(i));
        }
        return store;
    }
}
