package ai.coreason.enclave.sentry.attestation.intel;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys, certificates and revocation lists that look like Intel's. */
public final class FakePki {
    /** From when certificates are good. */
    public static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    /** Until when. */
    public static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");

    private static final String SGX = "1.2.840.113741.1.13.1";

    private FakePki() {}

    /**
     * What a certificate is to be.
     *
     * @param below how many authorities may stand below it; -1 for a leaf
     * @param sgx the SGX extension; null for none
     */
    public record Spec(
            String subject,
            KeyPair key,
            String issuer,
            PrivateKey signer,
            String algorithm,
            int below,
            int usage,
            Instant from,
            Instant until,
            BigInteger serial,
            DERSequence sgx) {
        /** A leaf. */
        public static Spec leaf(String subject, KeyPair key, String issuer, KeyPair signer, long serial) {
            int usage = KeyUsage.digitalSignature | KeyUsage.nonRepudiation;
            return new Spec(
                    subject,
                    key,
                    issuer,
                    signer.getPrivate(),
                    "SHA256withECDSA",
                    -1,
                    usage,
                    FROM,
                    UNTIL,
                    BigInteger.valueOf(serial),
                    null);
        }

        /** An authority. */
        public static Spec authority(String subject, KeyPair key, String issuer, KeyPair signer, int below) {
            int usage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
            return new Spec(
                    subject,
                    key,
                    issuer,
                    signer.getPrivate(),
                    "SHA256withECDSA",
                    below,
                    usage,
                    FROM,
                    UNTIL,
                    BigInteger.valueOf(10 + below),
                    null);
        }

        public Spec subject(String other) {
            return new Spec(other, key, issuer, signer, algorithm, below, usage, from, until, serial, sgx);
        }

        public Spec key(KeyPair other) {
            return new Spec(subject, other, issuer, signer, algorithm, below, usage, from, until, serial, sgx);
        }

        public Spec issuer(String other) {
            return new Spec(subject, key, other, signer, algorithm, below, usage, from, until, serial, sgx);
        }

        public Spec signer(KeyPair other) {
            return new Spec(
                    subject, key, issuer, other.getPrivate(), algorithm, below, usage, from, until, serial, sgx);
        }

        public Spec algorithm(String other) {
            return new Spec(subject, key, issuer, signer, other, below, usage, from, until, serial, sgx);
        }

        public Spec place(int otherBelow, int otherUsage) {
            return new Spec(subject, key, issuer, signer, algorithm, otherBelow, otherUsage, from, until, serial, sgx);
        }

        public Spec valid(String otherFrom, String otherUntil) {
            return new Spec(
                    subject,
                    key,
                    issuer,
                    signer,
                    algorithm,
                    below,
                    usage,
                    Instant.parse(otherFrom),
                    Instant.parse(otherUntil),
                    serial,
                    sgx);
        }

        public Spec sgx(DERSequence other) {
            return new Spec(subject, key, issuer, signer, algorithm, below, usage, from, until, serial, other);
        }

        /** The certificate. */
        public X509Certificate make() throws Exception {
            var builder = new JcaX509v3CertificateBuilder(
                    name(issuer), serial, Date.from(from), Date.from(until), name(subject), key.getPublic());
            builder.addExtension(
                    Extension.basicConstraints,
                    true,
                    below < 0 ? new BasicConstraints(false) : new BasicConstraints(below));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            if (sgx != null) {
                builder.addExtension(new ASN1ObjectIdentifier(SGX), false, sgx);
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(signer)));
        }
    }

    /** A pair on a named curve. */
    public static KeyPair key(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The extension of a platform. */
    public static DERSequence sgx(List<Integer> components, int pceSvn, String pceId, String fmspc) {
        return sgx(components, pceSvn, pceId, fmspc, 16);
    }

    /** The extension of a platform, with an identifier of any length. */
    public static DERSequence sgx(List<Integer> components, int pceSvn, String pceId, String fmspc, int ppid) {
        ASN1EncodableVector tcb = new ASN1EncodableVector();
        byte[] cpuSvn = new byte[16];
        for (int i = 0; i < components.size(); i++) {
            tcb.add(pair(SGX + ".2." + (i + 1), new ASN1Integer(components.get(i))));
            cpuSvn[i] = components.get(i).byteValue();
        }
        tcb.add(pair(SGX + ".2.17", new ASN1Integer(pceSvn)));
        tcb.add(pair(SGX + ".2.18", new DEROctetString(cpuSvn)));
        ASN1EncodableVector all = new ASN1EncodableVector();
        all.add(pair(SGX + ".1", new DEROctetString(new byte[ppid])));
        all.add(pair(SGX + ".2", new DERSequence(tcb)));
        all.add(pair(SGX + ".3", new DEROctetString(java.util.HexFormat.of().parseHex(pceId))));
        all.add(pair(SGX + ".4", new DEROctetString(java.util.HexFormat.of().parseHex(fmspc))));
        all.add(pair(SGX + ".5", new ASN1Enumerated(1)));
        return new DERSequence(all);
    }

    private static DERSequence pair(String oid, org.bouncycastle.asn1.ASN1Encodable value) {
        ASN1EncodableVector pair = new ASN1EncodableVector();
        pair.add(new ASN1ObjectIdentifier(oid));
        pair.add(value);
        return new DERSequence(pair);
    }

    /** A revocation list. */
    public static byte[] crl(String issuer, KeyPair signer, String from, String until, BigInteger... revoked)
            throws Exception {
        var builder = new JcaX509v2CRLBuilder(
                new javax.security.auth.x500.X500Principal(name(issuer).getEncoded()), Date.from(Instant.parse(from)));
        builder.setNextUpdate(Date.from(Instant.parse(until)));
        for (BigInteger serial : revoked) {
            builder.addCRLEntry(serial, Date.from(Instant.parse(from)), 1);
        }
        X509CRL crl = new JcaX509CRLConverter()
                .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
        return crl.getEncoded();
    }

    /** PEM. */
    public static byte[] pem(List<X509Certificate> certificates) {
        return certificates.stream()
                .map(FakePki::pem)
                .collect(Collectors.joining())
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static String pem(X509Certificate certificate) {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X500Name name(String commonName) {
        return new X500Name("CN=" + commonName + ",O=Intel Corporation,L=Santa Clara,ST=CA,C=US");
    }
}
