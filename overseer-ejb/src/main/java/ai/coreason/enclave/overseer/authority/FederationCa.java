package ai.coreason.enclave.overseer.authority;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.base.PrivateFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The certificate authority of one federation: the only authority whose certificates open the Overseer's node port.
 *
 * <p>Its key (EC P-384) lies in {@code ca.p12}, encrypted under the random password in {@code ca.password}; both are made
 * at the first {@link #open}, with mode 0600. Certificates follow RFC 5280: random serial numbers, critical basic
 * constraints, path length 0, one extended key usage for each leaf. Thread-safe; several processes may open one folder.
 */
public final class FederationCa {
    private static final String KEY_STORE = "ca.p12";
    private static final String PASSWORD = "ca.password";
    private static final String LOCK = ".lock";
    private static final String ALIAS = "federation-ca";

    private final CertificateForge forge;
    private final X509Certificate certificate;

    private FederationCa(PrivateKey key, X509Certificate certificate, Clock clock) {
        this.forge = new CertificateForge(key, certificate, clock);
        this.certificate = certificate;
    }

    /**
     * The authority of a folder, made there if the folder has none.
     *
     * @throws UncheckedIOException if the folder cannot be read or written
     * @throws IllegalStateException if what lies there is not a whole, valid authority; nothing is replaced then
     */
    public static FederationCa open(Path folder) {
        return open(folder, Clock.systemUTC());
    }

    static synchronized FederationCa open(Path folder, Clock clock) {
        try {
            PrivateFile.folder(folder);
            try (FileChannel channel =
                    FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock(); // against other processes; ends with the channel
                if (!Files.exists(folder.resolve(KEY_STORE))) {
                    create(folder, clock);
                }
                return read(folder, clock);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The authority that a folder already has.
     *
     * @throws UncheckedIOException if the folder has none, or it cannot be read
     * @throws IllegalStateException if what lies there is not a whole, valid authority
     */
    public static FederationCa load(Path folder) {
        try {
            return read(folder, Clock.systemUTC());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The authority's own certificate: what a node pins to know its Overseer. */
    public X509Certificate caCertificate() {
        return certificate;
    }

    /** A key store, type PKCS12, that trusts this authority and nobody else. */
    public KeyStore trustStore() {
        try {
            KeyStore store = emptyStore();
            store.setCertificateEntry(ALIAS, certificate);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A new server key (EC P-256) and its certificate for TLS servers.
     *
     * @param names DNS names and IP addresses (literals) the server is reached by, at least one; the first becomes the
     *     common name
     * @param validity how long from now, positive; never beyond the authority's own end
     * @param password protects the key's entry; the caller stores the key store under the same one
     * @return a PKCS12 key store with one entry: the key with its chain
     * @throws IllegalArgumentException if a name is neither a DNS name nor an IP address
     */
    public KeyStore issueServer(List<String> names, Duration validity, char[] password) {
        try {
            KeyPair pair = CertificateForge.newKeyPair(CertificateForge.LEAF_CURVE);
            X509Certificate leaf = forge.server(names, pair.getPublic(), validity);
            KeyStore store = emptyStore();
            store.setKeyEntry("server", pair.getPrivate(), password, new Certificate[] {leaf, certificate});
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A client certificate for one boot of a node. Its common name is the node id.
     *
     * @param nodeId 1 to 64 of A-Z a-z 0-9 _ . -, not dots alone
     * @param key the node's public key: EC on P-256 or P-384
     * @param validity how long from now, positive; never beyond the authority's own end
     * @throws IllegalArgumentException naming the parameter that does not fit
     */
    public X509Certificate issueNode(String nodeId, PublicKey key, Duration validity) {
        return forge.node(nodeId, key, validity);
    }

    /**
     * A certificate for countersigning ledger heads and signing ledger exports, and for nothing else (extended key usage
     * document signing, RFC 9336).
     *
     * @param key EC on P-256 or P-384
     * @param validity how long from now, positive; never beyond the authority's own end
     */
    public X509Certificate issueLedger(PublicKey key, Duration validity) {
        return forge.ledger(key, validity);
    }

    /** The node that a certificate names; empty if it is not a node's. Who signed it is for TLS to check. */
    public static Optional<String> nodeId(X509Certificate certificate) {
        return CertificateForge.nodeId(certificate);
    }

    /** What names a key in evidence: lower-case hex SHA-384 over its DER SubjectPublicKeyInfo. */
    public static String spkiSha384(PublicKey key) {
        return Digests.sha384Hex(key.getEncoded());
    }

    /** A certificate as PEM (RFC 7468). */
    public static String pem(X509Certificate certificate) {
        try {
            return Pem.write(Pem.CERTIFICATE, certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Never shows more than the subject. */
    @Override
    public String toString() {
        return "FederationCa[" + certificate.getSubjectX500Principal() + "]";
    }

    private static void create(Path folder, Clock clock) throws IOException {
        try {
            KeyPair pair = CertificateForge.newKeyPair(CertificateForge.AUTHORITY_CURVE);
            X509Certificate self = CertificateForge.authority(pair, clock);
            String password = PrivateFile.randomPassword();
            KeyStore store = emptyStore();
            store.setKeyEntry(ALIAS, pair.getPrivate(), password.toCharArray(), new Certificate[] {self});
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, password.toCharArray());
            PrivateFile.write(folder.resolve(PASSWORD), password.getBytes(StandardCharsets.US_ASCII));
            PrivateFile.write(folder.resolve(KEY_STORE), bytes.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FederationCa read(Path folder, Clock clock) throws IOException {
        Path file = folder.resolve(KEY_STORE);
        Path passwordFile = folder.resolve(PASSWORD);
        if (!Files.exists(passwordFile)) {
            throw new IllegalStateException(passwordFile + ": expected the password of " + file + ", got no file");
        }
        char[] password = Files.readString(passwordFile, StandardCharsets.US_ASCII)
                .strip()
                .toCharArray();
        byte[] bytes = Files.readAllBytes(file);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), password);
            if (store.getKey(ALIAS, password) instanceof PrivateKey key
                    && store.getCertificate(ALIAS) instanceof X509Certificate certificate) {
                CertificateForge.requireAuthority(key, certificate, clock);
                return new FederationCa(key, certificate, clock);
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw notAnAuthority(file, e);
        }
        throw notAnAuthority(file, null);
    }

    private static IllegalStateException notAnAuthority(Path file, Exception cause) {
        String why = cause == null ? "no such entry" : cause.getMessage();
        return new IllegalStateException(
                file + ": expected this federation's own key and certificate, got a file that is not: " + why, cause);
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
