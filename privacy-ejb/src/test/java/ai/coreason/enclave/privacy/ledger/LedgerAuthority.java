package ai.coreason.enclave.privacy.ledger;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A federation's authority for tests: signers of nodes, and a seal of an Overseer. */
final class LedgerAuthority {
    private static final Duration LIFE = Duration.ofDays(1);

    private final KeyPair keys = keys();
    private final X509Certificate certificate;

    LedgerAuthority(String name) {
        certificate = issue("CN=" + name, "CN=" + name, keys.getPublic(), null);
    }

    X509Certificate certificate() {
        return certificate;
    }

    LedgerTrust trust() {
        return LedgerTrust.of(List.of(certificate));
    }

    /** A new key of a node, as each of its boots has one. */
    RowSigner node(String nodeId) {
        KeyPair pair = keys();
        return RowSigner.of(
                pair.getPrivate(), leaf("CN=" + nodeId, LedgerCertificates.NODE_URN + nodeId, pair.getPublic()));
    }

    LedgerSeal seal() {
        KeyPair pair = keys();
        return LedgerSeal.of(pair.getPrivate(), leaf("CN=ledger", LedgerCertificates.LEDGER_URN, pair.getPublic()));
    }

    /** A guard that trusts this authority and has a countersigned head of this start for what it is asked of. */
    LedgerGuard guard(String... countersigned) {
        LedgerGuard guard = new LedgerGuard();
        guard.trust(trust());
        List.of(countersigned).forEach(guard::countersigned);
        return guard;
    }

    /** Writes a node's signer and the authority for another process. */
    void export(Path folder, String nodeId) throws Exception {
        KeyPair pair = keys();
        X509Certificate leaf = leaf("CN=" + nodeId, LedgerCertificates.NODE_URN + nodeId, pair.getPublic());
        Files.write(folder.resolve("node.key"), pair.getPrivate().getEncoded());
        Files.writeString(folder.resolve("node.pem"), LedgerCertificates.pem(leaf));
        Files.writeString(folder.resolve("ca.pem"), LedgerCertificates.pem(certificate));
    }

    static RowSigner signer(Path folder) throws Exception {
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(folder.resolve("node.key"))));
        return RowSigner.of(
                key,
                LedgerCertificates.parse(Files.readString(folder.resolve("node.pem")))
                        .get(0));
    }

    static LedgerTrust trust(Path folder) throws Exception {
        return LedgerTrust.of(LedgerCertificates.parse(Files.readString(folder.resolve("ca.pem"))));
    }

    private X509Certificate leaf(String subject, String uri, PublicKey key) {
        return issue(certificate.getSubjectX500Principal().getName(), subject, key, uri);
    }

    private X509Certificate issue(String issuer, String subject, PublicKey key, String uri) {
        Instant now = Instant.now();
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Principal(issuer),
                    new BigInteger(120, new SecureRandom()),
                    Date.from(now.minus(LIFE)),
                    Date.from(now.plus(LIFE)),
                    new X500Principal(subject),
                    key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(uri == null));
            if (uri != null) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
