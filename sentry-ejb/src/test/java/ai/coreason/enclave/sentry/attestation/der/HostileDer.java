package ai.coreason.enclave.sentry.attestation.der;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/** Values in place of certificates and revocation lists that are made to cost memory, stack or time. Nothing signs them. */
public final class HostileDer {
    /** So that it fits into 1 MiB as PEM. */
    private static final int BYTES = 700_000;

    private static final Date FROM = Date.from(Instant.parse("2020-01-01T00:00:00Z"));
    private static final Date UNTIL = Date.from(Instant.parse("2040-01-01T00:00:00Z"));
    private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    private static final String DSA_SHA256 = "2.16.840.1.101.3.4.3.2";

    private HostileDer() {}

    /** What is no certificate or list at all, by what it does. */
    public static Map<String, byte[]> values() {
        Map<String, byte[]> out = new LinkedHashMap<>();
        out.put("a length of 2 GiB", HexFormat.of().parseHex("30847fffffff3000"));
        out.put("a length of 4 GiB", HexFormat.of().parseHex("3084ffffffff3000"));
        out.put("a length of 16 MiB", HexFormat.of().parseHex("3083ffffff3000"));
        out.put("a length of 127 bytes", HexFormat.of().parseHex("30ff3000"));
        out.put("a long tag", HexFormat.of().parseHex("3fffffffffff7f00"));
        out.put("nested lengths", nested());
        out.put("nested indefinite lengths", indefinite());
        out.put("many empty sequences", repeated(new byte[] {0x30, 0}));
        out.put("many sequences of a sequence", repeated(new byte[] {0x30, 2, 0x30, 0}));
        return out;
    }

    /** Certificates that parse, by what is too large in them: such as are refused for their size, and such as are not. */
    public static Map<String, byte[]> certificates() {
        Map<String, byte[]> out = new LinkedHashMap<>();
        for (int bytes : new int[] {StrictDer.MAX_CERTIFICATE * 9 / 10, BYTES}) {
            certificates(bytes).forEach((which, der) -> out.put(which + " in " + bytes + " bytes", der));
        }
        return out;
    }

    private static Map<String, byte[]> certificates(int bytes) {
        Map<String, byte[]> out = new LinkedHashMap<>();
        X500Name name = new X500Name("CN=x");
        BigInteger huge = BigInteger.ONE.shiftLeft(8 * bytes / 3).subtract(BigInteger.ONE);
        SubjectPublicKeyInfo key = rsa(BigInteger.valueOf(65537), 4096);
        out.put("a name of many parts", certificate(name, manyParts(bytes), key, BigInteger.ONE, 0, ECDSA_SHA256));
        out.put("an issuer of many parts", certificate(manyParts(bytes), name, key, BigInteger.ONE, 0, ECDSA_SHA256));
        out.put("many extensions", certificate(name, name, key, BigInteger.ONE, bytes / 30, ECDSA_SHA256));
        out.put("a huge serial number", certificate(name, name, key, huge, 0, ECDSA_SHA256));
        out.put(
                "a huge RSA exponent",
                certificate(name, name, rsa(huge, 8 * bytes / 2), BigInteger.ONE, 0, ECDSA_SHA256));
        out.put(
                "an RSA exponent as long as the modulus",
                certificate(
                        name,
                        name,
                        rsa(huge.shiftRight(huge.bitLength() - 4095), 4096),
                        BigInteger.ONE,
                        0,
                        ECDSA_SHA256));
        out.put("a huge DSA key", certificate(name, name, dsa(bytes), BigInteger.ONE, 0, ECDSA_SHA256));
        return out;
    }

    /** A certificate with a DSA key of any length, and said to be signed with one: arithmetic with it takes half a minute. */
    public static byte[] dsaCertificate(String subject, String issuer) {
        return certificate(
                new X500Name("CN=" + issuer),
                new X500Name("CN=" + subject),
                dsa(StrictDer.MAX_CERTIFICATE * 9 / 10),
                BigInteger.ONE,
                0,
                DSA_SHA256);
    }

    /** A list of an issuer with as many entries as fit into 1 MiB. */
    public static byte[] list(String issuer) {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(new X500Name(issuer), FROM);
        builder.setNextUpdate(UNTIL);
        for (int i = 0; i < 38_000; i++) {
            builder.addCRLEntry(BigInteger.valueOf(1_000_000 + i), FROM, 0);
        }
        return encoded(builder.build(unsigned(ECDSA_SHA256))::getEncoded);
    }

    /** PEM. */
    public static byte[] pem(byte[]... certificates) {
        StringBuilder out = new StringBuilder();
        for (byte[] der : certificates) {
            out.append("-----BEGIN CERTIFICATE-----\n")
                    .append(Base64.getEncoder().encodeToString(der))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return out.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] nested() {
        byte[] out = new byte[BYTES];
        int at = BYTES;
        while (at > 5) {
            int length = BYTES - at;
            at -= length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x10000 ? 4 : 5;
            header(out, at, length);
        }
        return Arrays.copyOfRange(out, at, BYTES);
    }

    private static void header(byte[] out, int at, int length) {
        out[at] = 0x30;
        int count = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
        out[at + 1] = (byte) (count == 0 ? length : 0x80 | count);
        for (int i = 0; i < count; i++) {
            out[at + 2 + i] = (byte) (length >> 8 * (count - 1 - i));
        }
    }

    private static byte[] indefinite() {
        byte[] out = new byte[BYTES];
        for (int i = 0; i < BYTES / 2; i += 2) {
            out[i] = 0x30;
            out[i + 1] = (byte) 0x80;
        }
        return out;
    }

    private static byte[] repeated(byte[] value) {
        int length = BYTES / value.length * value.length;
        byte[] out = new byte[5 + length];
        header(out, 0, length);
        for (int i = 5; i < out.length; i++) {
            out[i] = value[(i - 5) % value.length];
        }
        return out;
    }

    private static X500Name manyParts(int bytes) {
        X500NameBuilder name = new X500NameBuilder();
        for (int i = 0; i < bytes / 18; i++) {
            name.addRDN(BCStyle.CN, "a" + i);
        }
        return name.build();
    }

    private static SubjectPublicKeyInfo rsa(BigInteger exponent, int bits) {
        ASN1EncodableVector key = new ASN1EncodableVector();
        key.add(new ASN1Integer(BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE)));
        key.add(new ASN1Integer(exponent));
        return key(
                new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.840.113549.1.1.1"), DERNull.INSTANCE),
                new DERSequence(key));
    }

    private static SubjectPublicKeyInfo dsa(int bytes) {
        BigInteger p = BigInteger.ONE.shiftLeft(bytes * 5).subtract(BigInteger.ONE);
        BigInteger q = BigInteger.ONE.shiftLeft(bytes * 2).subtract(BigInteger.ONE);
        ASN1EncodableVector parameters = new ASN1EncodableVector();
        parameters.add(new ASN1Integer(p));
        parameters.add(new ASN1Integer(q));
        parameters.add(new ASN1Integer(BigInteger.valueOf(3)));
        return key(
                new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.840.10040.4.1"), new DERSequence(parameters)),
                new ASN1Integer(BigInteger.valueOf(5)));
    }

    private static SubjectPublicKeyInfo key(AlgorithmIdentifier algorithm, org.bouncycastle.asn1.ASN1Encodable key) {
        try {
            return new SubjectPublicKeyInfo(algorithm, key);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] certificate(
            X500Name issuer,
            X500Name subject,
            SubjectPublicKeyInfo key,
            BigInteger serial,
            int extensions,
            String algorithm) {
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(issuer, serial, FROM, UNTIL, subject, key);
        for (int i = 0; i < Math.max(1, extensions); i++) {
            ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier("1.3.6.1.4.1.99999." + i);
            encoded(() -> {
                builder.addExtension(oid, false, new byte[] {5, 0});
                return new byte[0];
            });
        }
        return encoded(builder.build(unsigned(algorithm))::getEncoded);
    }

    /** In place of a signature: 1 and 1, as ECDSA and DSA write two numbers. */
    private static ContentSigner unsigned(String algorithm) {
        return new ContentSigner() {
            @Override
            public AlgorithmIdentifier getAlgorithmIdentifier() {
                return new AlgorithmIdentifier(new ASN1ObjectIdentifier(algorithm));
            }

            @Override
            public OutputStream getOutputStream() {
                return new ByteArrayOutputStream();
            }

            @Override
            public byte[] getSignature() {
                return new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1};
            }
        };
    }

    private interface Encoder {
        byte[] encode() throws IOException;
    }

    private static byte[] encoded(Encoder encoder) {
        try {
            return encoder.encode();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
