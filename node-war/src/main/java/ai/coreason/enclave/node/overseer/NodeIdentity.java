package ai.coreason.enclave.node.overseer;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.privacy.ledger.RowSigner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * The node's TLS key pair on P-256, born in memory and never written: whoever copies the node's disk does not become the
 * node. Immutable; its text form shows no key.
 */
public final class NodeIdentity {
    private static final char[] IN_MEMORY = new char[0];

    private final String nodeId;
    private final KeyPair keys;

    private NodeIdentity(String nodeId, KeyPair keys) {
        this.nodeId = nodeId;
        this.keys = keys;
    }

    /** A new identity with a fresh key pair from {@link SecureRandom}. */
    public static NodeIdentity born(String nodeId) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
            return new NodeIdentity(nodeId, generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The certificate request: DER of PKCS#10 (RFC 2986) with subject {@code CN=nodeId}, SHA256withECDSA. */
    public byte[] certificateRequest() {
        try {
            return new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=" + nodeId), keys.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                    .getEncoded();
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lower-case hex SHA-384 over the DER SubjectPublicKeyInfo. */
    public String spkiSha384() {
        return spkiSha384(keys.getPublic());
    }

    /** Lower-case hex SHA-384 over the DER SubjectPublicKeyInfo of a key. */
    static String spkiSha384(PublicKey key) {
        return Digests.sha384Hex(key.getEncoded());
    }

    /**
     * A TLS client that shows this identity's certificate.
     *
     * @param chain the certificate that was issued for this key, then its issuers
     * @param trust whom it takes for the Overseer
     * @throws CertificateException if the first certificate is not for this key
     */
    public SSLContext tls(List<X509Certificate> chain, OverseerTrust trust) throws CertificateException {
        if (chain.isEmpty() || !chain.get(0).getPublicKey().equals(keys.getPublic())) {
            throw new CertificateException("certificate_chain: expected a certificate for the key of the request, got "
                    + (chain.isEmpty() ? "none" : "one for another key"));
        }
        try {
            KeyStore store = empty();
            store.setKeyEntry("node", keys.getPrivate(), IN_MEMORY, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, IN_MEMORY);
            return trust.context(factory.getKeyManagers());
        } catch (GeneralSecurityException e) {
            throw new CertificateException(e);
        }
    }

    /** The signer of ledger rows with this key, under the certificate that was issued for it. */
    public RowSigner rowSigner(X509Certificate certificate) {
        return RowSigner.of(keys.getPrivate(), certificate);
    }

    /**
     * Reads the certificates of a PEM stream, in order.
     *
     * @throws CertificateException if it holds none or something else
     */
    public static List<X509Certificate> certificates(InputStream pem) throws CertificateException {
        List<X509Certificate> found = CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
                .map(X509Certificate.class::cast)
                .toList();
        if (found.isEmpty()) {
            throw new CertificateException("expected at least one PEM certificate, got none");
        }
        return found;
    }

    /** Reads the certificates of a PEM file, in order. */
    public static List<X509Certificate> certificates(Path pem) throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(pem)) {
            return certificates(in);
        }
    }

    static KeyStore empty() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
