package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;

/**
 * What the layer below says of the firmware that holds a leaf's key. Hopper writes {@code CompositeDeviceID}
 * (2.23.133.5.4.1: version, key, firmware id), Blackwell {@code DiceTcbInfo} (2.23.133.5.4.1.1 of the TCG's DICE
 * Attestation Architecture, whose first firmware id it is).
 *
 * @param fwid SHA-384 of the firmware, 48 bytes; empty if the certificate does not say
 * @param debug whether the layer was in a debug mode
 */
record DiceIdentity(Optional<byte[]> fwid, boolean debug) {
    private static final String COMPOSITE_DEVICE_ID = "2.23.133.5.4.1";
    private static final String TCB_INFO = "2.23.133.5.4.1.1";
    private static final ASN1ObjectIdentifier SHA_384 = new ASN1ObjectIdentifier("2.16.840.1.101.3.4.2.2");
    private static final int FWIDS = 6;
    private static final int FLAGS = 7;
    private static final int DEBUG = 0x10;

    /**
     * Reads a leaf that is known to be the maker's.
     *
     * @throws MalformedEvidence if it has both extensions or one that is not of its form
     */
    static DiceIdentity of(X509Certificate leaf) throws MalformedEvidence {
        byte[] composite = leaf.getExtensionValue(COMPOSITE_DEVICE_ID);
        byte[] info = leaf.getExtensionValue(TCB_INFO);
        if (composite != null && info != null) {
            throw malformed("one extension of DICE", "two");
        }
        try {
            if (composite != null) {
                return new DiceIdentity(Optional.of(fwid(sequence(composite).getObjectAt(2))), false);
            }
            return info == null ? new DiceIdentity(Optional.empty(), false) : tcbInfo(sequence(info));
        } catch (IOException | RuntimeException e) {
            throw malformed("an extension as DICE defines it", "another");
        }
    }

    private static DiceIdentity tcbInfo(ASN1Sequence info) {
        Optional<byte[]> fwid = Optional.empty();
        boolean debug = false;
        for (ASN1Encodable field : info) {
            ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(field);
            if (tagged.getTagNo() == FWIDS) {
                fwid = Optional.of(fwid(ASN1Sequence.getInstance(tagged, false).getObjectAt(0)));
            } else if (tagged.getTagNo() == FLAGS) {
                byte[] flags = ASN1BitString.getInstance(tagged, false).getOctets();
                debug = flags.length > 0 && (flags[0] & DEBUG) != 0;
            }
        }
        return new DiceIdentity(fwid, debug);
    }

    private static byte[] fwid(ASN1Encodable pair) {
        ASN1Sequence fwid = ASN1Sequence.getInstance(pair);
        byte[] digest = ASN1OctetString.getInstance(fwid.getObjectAt(1)).getOctets();
        if (fwid.size() != 2 || !SHA_384.equals(fwid.getObjectAt(0)) || digest.length != SpdmReport.P384) {
            throw new IllegalArgumentException("firmware id");
        }
        return digest;
    }

    private static ASN1Sequence sequence(byte[] extension) throws IOException {
        byte[] value = ASN1OctetString.getInstance(extension).getOctets();
        return ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(value));
    }

    private static MalformedEvidence malformed(String expected, String came) {
        return new MalformedEvidence(new Reason("device_chain.dice", expected, came));
    }
}
