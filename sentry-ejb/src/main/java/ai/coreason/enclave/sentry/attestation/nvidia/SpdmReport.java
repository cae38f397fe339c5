package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.Ecdsa;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a device answered to a request for its measurements: both messages of DSP0274 (SPDM 1.1), 10.11. Its fields are
 * true only if {@link #isSignedBy(PublicKey)} holds. Immutable but for the arrays, which nobody outside the package sees.
 *
 * <p>Request, 37 bytes: version 0x11, code 0xE0, attributes 1 (signed), operation 0xFF (all), nonce[32], slot. Response:
 * version 0x11, code 0x60, two parameters, count of blocks, length of the record[3], the record, nonce[32], length of the
 * opaque data[2], the opaque data, r[48], s[48]. A block: index, specification 1 (DMTF), size[2], and within it type, size[2], value.
 */
final class SpdmReport {
    /** Length of a SHA-384 digest and of each half of a P-384 signature, bytes. */
    static final int P384 = 48;

    private static final String PART = "evidence";
    private static final int NONCE = 32;
    private static final int VERSION_1_1 = 0x11;
    private static final int GET_MEASUREMENTS = 0xe0;
    private static final int MEASUREMENTS = 0x60;
    private static final int ALL = 0xff;
    private static final int DMTF = 1;
    private static final int VALUE_HEADER = 3;

    private final byte[] nonce;
    private final SortedMap<Integer, byte[]> measurements;
    private final OpaqueData opaque;
    private final byte[] signed;
    private final byte[] signature;
    private final int trailing;

    private SpdmReport(ByteReader in, byte[] evidence) throws MalformedEvidence {
        in.expect("request version", VERSION_1_1, in.u8());
        in.expect("request code", GET_MEASUREMENTS, in.u8());
        in.expect("request attributes", 1, in.u8());
        in.expect("measurement operation", ALL, in.u8());
        nonce = in.bytes(NONCE);
        int slot = in.u8();
        if (slot > 7) {
            throw in.refusal("a slot in [0, 7]", Integer.toString(slot));
        }
        in.expect("response version", VERSION_1_1, in.u8());
        in.expect("response code", MEASUREMENTS, in.u8());
        in.bytes(2);
        measurements = measurements(in);
        in.bytes(NONCE);
        opaque = OpaqueData.parse(in.bytes(in.u16()));
        signed = Arrays.copyOf(evidence, in.offset());
        signature = in.bytes(2 * P384);
        trailing = in.left();
        if (trailing > 1 || trailing == 1 && in.u8() != 0) {
            throw in.refusal("the end, or one byte of zero as the driver hands out", trailing + " more bytes");
        }
    }

    /**
     * Reads evidence.
     *
     * @throws MalformedEvidence naming the first offset that is not of this form
     */
    static SpdmReport parse(byte[] evidence) throws MalformedEvidence {
        return new SpdmReport(new ByteReader(PART, evidence), evidence);
    }

    private static SortedMap<Integer, byte[]> measurements(ByteReader in) throws MalformedEvidence {
        int count = in.u8();
        int length = in.u16() | in.u8() << 16;
        int end = in.offset() + length;
        SortedMap<Integer, byte[]> out = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int index = in.u8();
            if (index == 0 || index == ALL) {
                throw in.refusal("a measurement index in [1, 254]", Integer.toString(index));
            }
            in.expect("measurement specification", DMTF, in.u8());
            int size = in.u16();
            in.u8();
            int valueSize = in.u16();
            in.expect("size of the value within a block of " + size, (long) size - VALUE_HEADER, valueSize);
            if (out.put(index, in.bytes(valueSize)) != null) {
                throw in.refusal("each measurement once", "index " + index + " again");
            }
        }
        in.expect("end of the measurement record at", end, in.offset());
        if (out.isEmpty()) {
            throw in.refusal("at least one measurement", "none");
        }
        return Collections.unmodifiableSortedMap(out);
    }

    /** What the verifier had asked with: 32 bytes. */
    byte[] nonce() {
        return nonce.clone();
    }

    /** The values by their index in the message, which begins at 1: one more than the index in a manifest. */
    SortedMap<Integer, byte[]> measurements() {
        return measurements;
    }

    /** What else the device says of itself. */
    OpaqueData opaque() {
        return opaque;
    }

    /** Bytes after the signature, which nothing signs: 0 or 1. */
    int trailing() {
        return trailing;
    }

    /** SHA-384 of all values in the order of their indices. */
    byte[] measurementDigest() {
        MessageDigest digest = Digests.sha384();
        measurements.values().forEach(digest::update);
        return digest.digest();
    }

    /** Whether a P-384 key had signed the request and the response with SHA-384. */
    boolean isSignedBy(PublicKey key) {
        return Ecdsa.P384.holds(key, signed, signature);
    }
}
