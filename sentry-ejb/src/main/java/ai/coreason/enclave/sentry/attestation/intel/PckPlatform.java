package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;

/**
 * What a PCK certificate says of its platform, in the extension 1.2.840.113741.1.13.1 (Intel SGX PCK Certificate and CRL
 * Profile Specification, section 2.3.5). Immutable and thread-safe.
 *
 * @param components the security versions of 16 parts, 0 to 255 each
 * @param pceSvn of the provisioning certification enclave, 0 to 65535
 * @param cpuSvn 16 bytes, lower-case hex
 * @param pceId 2 bytes, lower-case hex
 * @param fmspc family, model and stepping: 6 bytes, lower-case hex
 * @param sgxType 0 standard, 1 scalable, 2 scalable with integrity
 */
record PckPlatform(List<Integer> components, int pceSvn, String cpuSvn, String pceId, String fmspc, int sgxType) {
    private static final String OID = "1.2.840.113741.1.13.1";
    private static final int MAX_EXTENSION = 4096;
    private static final int COMPONENTS = 16;
    private static final int PCE_SVN = 17;
    private static final int CPU_SVN = 18;

    PckPlatform {
        components = List.copyOf(components);
    }

    /** Reads the extension of a certificate. */
    static PckPlatform of(X509Certificate certificate) throws MalformedEvidence {
        byte[] extension = certificate.getExtensionValue(OID);
        if (extension == null) {
            throw refusal("an extension " + OID, "none");
        }
        if (extension.length > MAX_EXTENSION) {
            throw refusal("at most " + MAX_EXTENSION + " bytes", extension.length + " bytes");
        }
        Map<Integer, ASN1Encodable> fields =
                entries(OID, der(ASN1OctetString.class, primitive(extension)).getOctets());
        Map<Integer, ASN1Encodable> tcb = entries(OID + ".2", field(fields, 2, ASN1Sequence.class));
        octets(fields, 1, 16);
        List<Integer> components = new ArrayList<>();
        for (int i = 1; i <= COMPONENTS; i++) {
            components.add(number(field(tcb, i, ASN1Integer.class).getValue(), 255));
        }
        return new PckPlatform(
                components,
                number(field(tcb, PCE_SVN, ASN1Integer.class).getValue(), 65535),
                octets(tcb, CPU_SVN, 16),
                octets(fields, 3, 2),
                octets(fields, 4, 6),
                number(field(fields, 5, ASN1Enumerated.class).getValue(), 2));
    }

    private static Map<Integer, ASN1Encodable> entries(String oid, byte[] der) throws MalformedEvidence {
        return entries(oid, der(ASN1Sequence.class, primitive(der)));
    }

    /** A sequence of pairs of an identifier below another and its value, by the identifier's last number. */
    private static Map<Integer, ASN1Encodable> entries(String oid, ASN1Sequence sequence) throws MalformedEvidence {
        Map<Integer, ASN1Encodable> out = new LinkedHashMap<>();
        for (ASN1Encodable element : sequence) {
            ASN1Sequence pair = der(ASN1Sequence.class, element);
            if (pair.size() != 2) {
                throw refusal("pairs below " + oid, pair.size() + " elements");
            }
            String id = der(ASN1ObjectIdentifier.class, pair.getObjectAt(0)).getId();
            if (!id.matches("\\Q" + oid + "\\E\\.[0-9]{1,2}")
                    || out.put(Integer.valueOf(id.substring(oid.length() + 1)), pair.getObjectAt(1)) != null) {
                throw refusal("one pair each below " + oid, id);
            }
        }
        return out;
    }

    private static ASN1Primitive primitive(byte[] der) throws MalformedEvidence {
        try {
            ASN1Primitive out = ASN1Primitive.fromByteArray(der);
            if (out != null && Arrays.equals(out.getEncoded(ASN1Encoding.DER), der)) {
                return out;
            }
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw refusal("DER", "another encoding");
        }
        throw refusal("DER", "another encoding");
    }

    private static <T> T field(Map<Integer, ASN1Encodable> fields, int id, Class<T> type) throws MalformedEvidence {
        return der(type, fields.get(id));
    }

    private static <T> T der(Class<T> type, ASN1Encodable value) throws MalformedEvidence {
        if (!type.isInstance(value)) {
            throw refusal(
                    type.getSimpleName(),
                    value == null ? "nothing" : value.getClass().getSimpleName());
        }
        return type.cast(value);
    }

    private static String octets(Map<Integer, ASN1Encodable> fields, int id, int length) throws MalformedEvidence {
        byte[] octets = field(fields, id, ASN1OctetString.class).getOctets();
        if (octets.length != length) {
            throw refusal(length + " octets", octets.length + " octets");
        }
        return HexFormat.of().formatHex(octets);
    }

    private static int number(BigInteger value, int most) throws MalformedEvidence {
        if (value.signum() < 0 || value.compareTo(BigInteger.valueOf(most)) > 0) {
            throw refusal("a number up to " + most, value.bitLength() > 64 ? "a longer one" : value.toString());
        }
        return value.intValue();
    }

    private static MalformedEvidence refusal(String expected, String came) {
        return new MalformedEvidence(new Reason("pck.sgx_extension", expected, came));
    }
}
