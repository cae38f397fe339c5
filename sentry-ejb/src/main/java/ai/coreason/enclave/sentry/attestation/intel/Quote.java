package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.util.Arrays;

/**
 * An ECDSA quote of version 3, 4 or 5, little-endian: header of 48 bytes, body, length of the signature data, signature
 * data, and bytes that nothing signs and that a buffer of fixed size leaves behind it (Intel TDX DCAP Quoting Library API,
 * appendix A.3). Every length has to be exact except that last one.
 *
 * <p>Header: offset 0 version, 2 kind of attestation key, 4 kind of environment, 8 version numbers or reserved, 12 vendor of
 * the quoting enclave, 28 user data. Version 5 has a descriptor of the body behind it: 2 bytes of kind, 4 of length.
 *
 * @param version 3, 4 or 5
 * @param tee the kind of environment
 * @param body what is stated
 * @param signed header, descriptor and body: the bytes that the attestation key signs
 * @param signature the signature data
 * @param padding the bytes behind the signature data
 */
record Quote(int version, TeeType tee, QuoteBody body, byte[] signed, QuoteSignature signature, byte[] padding) {
    private static final int HEADER = 48;
    private static final int ECDSA_P256 = 2;
    private static final int SGX_BODY = 1;
    private static final int TD_10_BODY = 2;
    private static final int TD_15_BODY = 3;
    private static final String INTEL = "939a7233f79c4ca9940a0db3957f0607";

    /** Copies the arrays. */
    public Quote {
        signed = signed.clone();
        padding = padding.clone();
    }

    /** A copy. */
    @Override
    public byte[] signed() {
        return signed.clone();
    }

    /** A copy. */
    @Override
    public byte[] padding() {
        return padding.clone();
    }

    /**
     * Reads a quote.
     *
     * @throws MalformedEvidence if it is over 1 MiB, not of this form, or of a version, key or vendor that is not known
     */
    public static Quote parse(byte[] quote) throws MalformedEvidence {
        ByteReader in = new ByteReader("quote", quote);
        int version = in.u16();
        if (version < 3 || version > 5) {
            throw in.refusal("version 3, 4 or 5", Integer.toString(version));
        }
        in.expect("attestation key type", ECDSA_P256, in.u16());
        TeeType tee = tee(in, version);
        in.bytes(4);
        String vendor = ByteReader.hex(in.bytes(16));
        if (!vendor.equals(INTEL)) {
            throw in.refusal("QE vendor " + INTEL, vendor);
        }
        in.bytes(HEADER - in.offset());
        byte[] body = in.bytes(bodyLength(in, version, tee));
        QuoteBody parsed = tee == TeeType.SGX ? EnclaveReport.parse("enclave_report", body) : TdReport.parse(body);
        byte[] signed = Arrays.copyOf(quote, in.offset());
        QuoteSignature signature = QuoteSignature.parse(version, in.bytes(in.u32()));
        return new Quote(version, tee, parsed, signed, signature, in.bytes(in.left()));
    }

    private static TeeType tee(ByteReader in, int version) throws MalformedEvidence {
        long wire = in.u32();
        if (wire == TeeType.SGX.wire()) {
            return TeeType.SGX;
        }
        if (wire == TeeType.TDX.wire() && version > 3) {
            return TeeType.TDX;
        }
        throw in.refusal(version > 3 ? "TEE type 0 or 129" : "TEE type 0", Long.toString(wire));
    }

    private static int bodyLength(ByteReader in, int version, TeeType tee) throws MalformedEvidence {
        if (version < 5) {
            return tee == TeeType.SGX ? EnclaveReport.LENGTH : TdReport.LENGTH_10;
        }
        int kind = in.u16();
        boolean fits = tee == TeeType.SGX ? kind == SGX_BODY : kind == TD_10_BODY || kind == TD_15_BODY;
        if (!fits) {
            throw in.refusal("body type " + (tee == TeeType.SGX ? "1" : "2 or 3"), Integer.toString(kind));
        }
        int length = switch (kind) {
            case SGX_BODY -> EnclaveReport.LENGTH;
            case TD_10_BODY -> TdReport.LENGTH_10;
            default -> TdReport.LENGTH_15;
        };
        in.expect("body length", length, in.u32());
        return length;
    }
}
