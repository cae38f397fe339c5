package ai.coreason.enclave.sentry.attestation.nvidia;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate to be, whose members a test may change before it is signed. */
final class FakeCertificate {
    static final Instant FROM = Instant.parse("2022-01-01T00:00:00Z");
    static final Instant UNTIL = Instant.parse("9999-12-31T23:59:59Z");

    private static final String ALGORITHM = "SHA384withECDSA";

    String subject;
    String issuer;
    KeyPair key;
    KeyPair signer;
    Instant from = FROM;
    Instant until = UNTIL;
    Integer path;
    boolean authority;
    int usage;
    String algorithm = ALGORITHM;
    String oid;
    boolean critical;
    ASN1Encodable extension;

    private List<Object> signedState = List.of();
    private X509Certificate signed;

    static FakeCertificate leaf(String subject, FakeCertificate issuer, KeyPair key) {
        FakeCertificate c = new FakeCertificate();
        c.subject = "CN=" + subject;
        c.issuer = issuer.subject;
        c.key = key;
        c.signer = issuer.key;
        c.usage = KeyUsage.digitalSignature;
        return c;
    }

    static FakeCertificate authority(String subject, FakeCertificate issuer, KeyPair key) {
        FakeCertificate c = new FakeCertificate();
        c.subject = "CN=" + subject;
        c.issuer = issuer == null ? c.subject : issuer.subject;
        c.key = key;
        c.signer = issuer == null ? key : issuer.key;
        c.authority = true;
        c.usage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
        return c;
    }

    static KeyPair key(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    BigInteger serial() {
        return BigInteger.valueOf(subject.hashCode() & 0x7fffffffL).add(BigInteger.ONE);
    }

    /** The certificate; the same one as before if no member has changed, since ECDSA signs anew each time. */
    X509Certificate sign() {
        List<Object> state = Arrays.asList(
                subject, issuer, key, signer, from, until, path, authority, usage, algorithm, oid, critical, extension);
        if (!state.equals(signedState)) {
            signed = signAnew();
            signedState = state;
        }
        return signed;
    }

    private X509Certificate signAnew() {
        try {
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                    new X500Name(issuer),
                    serial(),
                    Date.from(from),
                    Date.from(until),
                    new X500Name(subject),
                    SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
            if (authority) {
                builder.addExtension(
                        Extension.basicConstraints,
                        true,
                        path == null ? new BasicConstraints(true) : new BasicConstraints(path));
            }
            if (usage != 0) {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            }
            if (oid != null) {
                builder.addExtension(new ASN1ObjectIdentifier(oid), critical, extension);
            }
            ContentSigner by = new JcaContentSignerBuilder(algorithm).build(signer.getPrivate());
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(builder.build(by).getEncoded()));
        } catch (java.io.IOException | java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (org.bouncycastle.operator.OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A list by this authority. */
    X509CRL list(KeyPair signedBy, Instant thisUpdate, Instant nextUpdate, BigInteger... revoked) throws Exception {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(new X500Name(subject), Date.from(thisUpdate));
        builder.setNextUpdate(Date.from(nextUpdate));
        for (BigInteger serial : revoked) {
            builder.addCRLEntry(serial, Date.from(thisUpdate), 0);
        }
        ContentSigner by = new JcaContentSignerBuilder(ALGORITHM).build(signedBy.getPrivate());
        return (X509CRL) CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(builder.build(by).getEncoded()));
    }
}
