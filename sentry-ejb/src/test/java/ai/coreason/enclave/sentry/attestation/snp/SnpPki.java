package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.Anchors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A PKI in AMD's image: what AMD's key server and a chip would give, with any one thing wrong. Keys are made once. */
public final class SnpPki {
    /** A time at which everything is valid. */
    public static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

    static final Instant FROM = Instant.parse("2025-01-01T00:00:00Z");
    static final Instant UNTIL = Instant.parse("2032-01-01T00:00:00Z");
    static final String PSS = "SHA384WITHRSAANDMGF1";
    static final String ARC = "1.3.6.1.4.1.3704.1.";
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
    static final KeyPair ARK = rsa(4096);
    static final KeyPair ASK = rsa(4096);
    static final KeyPair VEK = ec("secp384r1");

    private static final Map<SnpProduct, X509Certificate> ARKS = new ConcurrentHashMap<>();
    private static final Map<String, byte[]> MADE = new ConcurrentHashMap<>();

    private SnpPki() {}

    /** What is made again and again in one way, made once. */
    static byte[] once(String name, Supplier<byte[]> maker) {
        return MADE.computeIfAbsent(name, n -> maker.get()).clone();
    }

    /** A certificate to be made. */
    public static final class Draft {
        String subject;
        String issuer;
        BigInteger serial = BigInteger.ZERO;
        Instant from = FROM;
        Instant until = UNTIL;
        PublicKey key;
        KeyPair signer;
        String algorithm = PSS;
        final Map<String, byte[]> extensions = new LinkedHashMap<>();
        final List<String> critical = new ArrayList<>();

        /** Changes it. */
        public Draft with(Consumer<Draft> change) {
            change.accept(this);
            return this;
        }

        Draft put(String oid, ASN1Encodable value) {
            try {
                extensions.put(oid, value.toASN1Primitive().getEncoded("DER"));
                return this;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        Draft critical(String oid, ASN1Encodable value) {
            critical.add(oid);
            return put(oid, value);
        }

        /** Its bytes. */
        public byte[] der() {
            try {
                X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                        name(issuer),
                        serial,
                        Date.from(from),
                        Date.from(until),
                        name(subject),
                        SubjectPublicKeyInfo.getInstance(key.getEncoded()));
                for (Map.Entry<String, byte[]> e : extensions.entrySet()) {
                    builder.addExtension(
                            new ASN1ObjectIdentifier(e.getKey()), critical.contains(e.getKey()), e.getValue());
                }
                return builder.build(contentSigner(algorithm, signer)).getEncoded();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        X509Certificate certificate() {
            try {
                return new JcaX509CertificateConverter().getCertificate(new X509CertificateHolder(der()));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The root. */
    public static Draft ark(SnpProduct product) {
        return authority("ARK-" + product.label(), "ARK-" + product.label(), ARK, ARK, 65536);
    }

    /** The issuer of a chip's certificate. */
    public static Draft ask(SnpProduct product) {
        return authority("SEV-" + product.label(), "ARK-" + product.label(), ASK, ARK, 65537);
    }

    /** The issuer of a provider's certificate. */
    public static Draft asvk(SnpProduct product) {
        return authority("SEV-VLEK-" + product.label(), "ARK-" + product.label(), ASK, ARK, 65793);
    }

    private static Draft authority(String subject, String issuer, KeyPair key, KeyPair signer, long serial) {
        Draft d = new Draft();
        d.subject = subject;
        d.issuer = issuer;
        d.key = key.getPublic();
        d.signer = signer;
        d.serial = BigInteger.valueOf(serial);
        d.critical(Extension.basicConstraints.getId(), new BasicConstraints(true));
        return d.critical(Extension.keyUsage.getId(), new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    }

    /** The certificate of the key that signs {@link Report}s as they are at first. */
    public static Draft vek(SnpKey kind, SnpProduct product) {
        boolean vlek = kind == SnpKey.VLEK;
        Draft d = new Draft();
        d.subject = "SEV-" + kind;
        d.issuer = (vlek ? "SEV-VLEK-" : "SEV-") + product.label();
        d.key = VEK.getPublic();
        d.signer = ASK;
        number(d, "1", 0);
        d.put(ARC + "2", new DERIA5String(product.label()));
        SnpTcb tcb = tcb(product);
        number(d, "3.1", tcb.bootLoader());
        number(d, "3.2", tcb.tee());
        number(d, "3.3", tcb.snp());
        for (int i = product == SnpProduct.TURIN ? 5 : 4; i <= 7; i++) {
            number(d, "3." + i, 0);
        }
        number(d, "3.8", tcb.microcode());
        if (product == SnpProduct.TURIN) {
            number(d, "3.9", tcb.fmc());
        }
        if (vlek) {
            d.put(ARC + "5", new DERIA5String("CN=cc-test-1.example.com"));
        } else {
            d.extensions.put(ARC + "4", Arrays.copyOf(chipId(product), product.hwIdBytes()));
        }
        return d;
    }

    /** Sets one of the certificate's numbers, by the end of its object identifier. */
    public static Draft number(Draft d, String oid, long value) {
        return d.put(ARC + oid, new ASN1Integer(value));
    }

    /** The patch levels in reports and certificates as they are at first. */
    static SnpTcb tcb(SnpProduct product) {
        return product == SnpProduct.TURIN ? new SnpTcb(1, 2, 3, 4, 81) : new SnpTcb(0, 4, 1, 24, 219);
    }

    static byte[] chipId(SnpProduct product) {
        byte[] out = new byte[64];
        for (int i = 0; i < product.hwIdBytes(); i++) {
            out[i] = (byte) (0xa0 + i);
        }
        return out;
    }

    /** Every product's root. */
    public static Anchors anchors() {
        return new Anchors(Arrays.stream(SnpProduct.values())
                .map(p -> ARKS.computeIfAbsent(p, q -> ark(q).certificate()))
                .toList());
    }

    /** PSS signatures are random, so a certificate that is pinned has to be the very one. */
    public static byte[] arkDer(SnpProduct product) {
        anchors();
        try {
            return ARKS.get(product).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** PEM. */
    public static byte[] pem(byte[]... certificates) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] c : certificates) {
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(c);
            out.writeBytes(("-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }

    /** The certificates of the issuer and the root, PEM: always the same ones. */
    public static byte[] chain(SnpKey kind, SnpProduct product) {
        return once(
                "chain " + kind + product,
                () -> pem((kind == SnpKey.VLEK ? asvk(product) : ask(product)).der(), arkDer(product)));
    }

    /** A list that the ARK signs. */
    static byte[] crl(SnpProduct product, KeyPair signer, Consumer<X509v2CRLBuilder> change) {
        try {
            X509v2CRLBuilder builder =
                    new X509v2CRLBuilder(name("ARK-" + product.label()), Date.from(NOW.minusSeconds(86400)));
            builder.setNextUpdate(Date.from(NOW.plusSeconds(86400)));
            change.accept(builder);
            return builder.build(contentSigner(PSS, signer)).getEncoded();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static void revoke(X509v2CRLBuilder builder, long serial) {
        builder.addCRLEntry(BigInteger.valueOf(serial), Date.from(FROM), CRLReason.keyCompromise);
    }

    /** A report to be made; little-endian, signed last. */
    public static byte[] report(SnpKey kind, SnpProduct product, Consumer<ByteBuffer> change) {
        return sign(unsigned(kind, product, change), VEK);
    }

    static byte[] unsigned(SnpKey kind, SnpProduct product, Consumer<ByteBuffer> change) {
        ByteBuffer r = ByteBuffer.allocate(SnpReport.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        boolean turin = product == SnpProduct.TURIN;
        r.putInt(0x00, turin ? 5 : 3);
        r.putInt(0x04, 1);
        r.putLong(0x08, 0x30000);
        r.putInt(0x34, 1);
        r.putLong(0x40, 0x25);
        r.putInt(0x48, kind.ordinal() << 2);
        for (int i = 0; i < 64; i++) {
            r.put(0x50 + i, (byte) i);
        }
        for (int i = 0; i < 48; i++) {
            r.put(0x90 + i, (byte) (0x11 + i));
        }
        for (int at : new int[] {0x38, 0x180, 0x1e0, 0x1f0}) {
            put(r, at, tcb(product), product);
        }
        r.put(0x188, (byte) (turin ? 0x1a : 0x19));
        r.put(0x189, (byte) (turin ? 0x02 : product == SnpProduct.GENOA ? 0x11 : 0x01));
        r.put(0x18a, (byte) 1);
        if (kind == SnpKey.VCEK) {
            r.put(0x1a0, chipId(product));
        }
        r.putInt(0x1e8, 0x01371d);
        r.putInt(0x1ec, 0x01371d);
        if (turin) {
            r.putLong(0x1f8, 0x3f);
            r.putLong(0x200, 0x3f);
        }
        change.accept(r);
        return r.array();
    }

    static void put(ByteBuffer r, int at, SnpTcb tcb, SnpProduct product) {
        int i = at;
        if (product == SnpProduct.TURIN) {
            r.put(i++, (byte) tcb.fmc());
        }
        r.put(i++, (byte) tcb.bootLoader());
        r.put(i, (byte) tcb.tee());
        r.put(product == SnpProduct.TURIN ? at + 3 : at + 6, (byte) tcb.snp());
        r.put(at + 7, (byte) tcb.microcode());
    }

    static byte[] sign(byte[] report, KeyPair key) {
        try {
            Signature signer = Signature.getInstance("SHA384withECDSAinP1363Format");
            signer.initSign(key.getPrivate());
            signer.update(report, 0, 0x2a0);
            byte[] rs = signer.sign();
            byte[] out = report.clone();
            for (int i = 0; i < 48; i++) {
                out[0x2a0 + i] = rs[47 - i];
                out[0x2a0 + 72 + i] = rs[95 - i];
            }
            return out;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X500Name name(String commonName) {
        return new X500Name("OU=Engineering,C=US,L=Santa Clara,ST=CA,O=Advanced Micro Devices,CN=" + commonName);
    }

    private static ContentSigner contentSigner(String algorithm, KeyPair signer) throws OperatorCreationException {
        return new JcaContentSignerBuilder(algorithm).setProvider(PROVIDER).build(signer.getPrivate());
    }
}
