package ai.coreason.enclave.sentry.attestation.der;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The form of DER (X.690): definite, shortest lengths of at most three bytes; tags of one byte; at most 16 levels. The JDK
 * reads certificates and lists in BER as well, and follows nested indefinite lengths until its stack ends, so what comes from
 * outside is held against this form first. Nothing is copied. Stateless and thread-safe.
 */
public final class StrictDer {
    /** The largest certificate that is looked at, bytes; makers' are of some thousand. */
    public static final int MAX_CERTIFICATE = 1 << 16;

    private static final int MAX_DEPTH = 16;
    private static final int CONSTRUCTED = 0x20;
    private static final int LONG_TAG = 0x1f;
    private static final byte INTEGER = 0x02;
    private static final byte BIT_STRING = 0x03;
    private static final byte SEQUENCE = 0x30;
    /** How the identifiers of ECDSA with a digest of SHA-2 begin. */
    private static final byte[] ECDSA = HexFormat.of().parseHex("06082a8648ce3d0403");

    private StrictDer() {}

    /**
     * Refuses bytes that are not one value in DER, to the last byte and level.
     *
     * @param part the name of what they are, for refusals
     */
    public static void check(String part, byte[] der) throws MalformedEvidence {
        int end = value(part, der, 0, der.length, 0);
        if (end != der.length) {
            throw new MalformedEvidence(part, end, "the end", "more bytes");
        }
    }

    /** {@link #checkSigned} for a certificate, which is also refused if it is over {@link #MAX_CERTIFICATE}. */
    public static void checkCertificate(String part, byte[] der) throws MalformedEvidence {
        if (der.length > MAX_CERTIFICATE) {
            throw new MalformedEvidence(part, 0, "a certificate of at most " + MAX_CERTIFICATE + " bytes", "more");
        }
        checkSigned(part, der);
    }

    /**
     * The same for a certificate or a list of revoked ones: three values, what is signed, the algorithm and the signature (RFC
     * 5280, sections 4.1 and 5.1). Nothing signs the signature, so it has to be written in the only way: whole bytes, and for
     * ECDSA (RFC 5480) two positive numbers in shortest form. The JDK reads others too.
     */
    public static void checkSigned(String part, byte[] der) throws MalformedEvidence {
        check(part, der);
        int signed = content(part, der, 0, der.length);
        int algorithm = next(part, der, signed, der.length);
        int signature = next(part, der, algorithm, der.length);
        int bits = content(part, der, signature, der.length);
        if (der[signature] != BIT_STRING || next(part, der, signature, der.length) != der.length) {
            throw new MalformedEvidence(part, signature, "a signature at the end", "others");
        }
        if (bits == der.length || der[bits] != 0) {
            throw new MalformedEvidence(part, bits, "a signature of whole bytes", "unused bits");
        }
        int oid = content(part, der, algorithm, signature);
        int ecdsa = oid + ECDSA.length;
        if (ecdsa <= signature && Arrays.equals(der, oid, ecdsa, ECDSA, 0, ECDSA.length)) {
            numbers(part, der, bits + 1);
        }
    }

    private static void numbers(String part, byte[] in, int from) throws MalformedEvidence {
        int r = content(part, in, from, in.length);
        int s = number(part, in, r);
        if (in[from] != SEQUENCE || number(part, in, s) != in.length || end(in, from, r) != in.length) {
            throw new MalformedEvidence(part, from, "two numbers", "others");
        }
    }

    private static int number(String part, byte[] in, int from) throws MalformedEvidence {
        int at = content(part, in, from, in.length);
        int end = end(in, from, at);
        boolean shortest = end - at == 1 || end - at > 1 && (in[at] != 0 || in[at + 1] < 0);
        if (in[from] != INTEGER || !shortest || in[at] < 0) {
            throw new MalformedEvidence(part, from, "a positive number in shortest form", "another");
        }
        return end;
    }

    private static int next(String part, byte[] in, int from, int to) throws MalformedEvidence {
        return end(in, from, content(part, in, from, to));
    }

    private static int value(String part, byte[] in, int from, int to, int depth) throws MalformedEvidence {
        if (depth > MAX_DEPTH) {
            throw new MalformedEvidence(part, from, "at most " + MAX_DEPTH + " levels", "more");
        }
        int content = content(part, in, from, to);
        int end = end(in, from, content);
        if ((in[from] & CONSTRUCTED) != 0) {
            for (int at = content; at < end; ) {
                at = value(part, in, at, end, depth + 1);
            }
        }
        return end;
    }

    /**
     * Where the content of the value at an offset begins.
     *
     * @param to where the bytes end that the value may use
     * @throws MalformedEvidence if its tag or length is not of this form, or its content does not fit
     */
    public static int content(String part, byte[] in, int from, int to) throws MalformedEvidence {
        if (to - from < 2 || (in[from] & LONG_TAG) == LONG_TAG) {
            throw new MalformedEvidence(part, from, "a tag of one byte and a length", "others");
        }
        int count = in[from + 1] >= 0 ? 0 : in[from + 1] & 0x7f;
        int content = from + 2 + count;
        if (count > 3 || in[from + 1] == (byte) 0x80 || content > to) {
            throw new MalformedEvidence(part, from + 1L, "a definite length of at most three bytes", "another");
        }
        int length = end(in, from, content) - content;
        if (count > 0 && (length < 0x80 || length >> 8 * (count - 1) == 0)) {
            throw new MalformedEvidence(part, from + 1L, "the shortest length", "a longer one");
        }
        if (length > to - content) {
            throw new MalformedEvidence(part, from, length + " bytes of content", "fewer");
        }
        return content;
    }

    /** Where a value ends, from where it and its content begin. */
    public static int end(byte[] in, int from, int content) {
        if (content == from + 2) {
            return content + in[from + 1];
        }
        int length = 0;
        for (int i = from + 2; i < content; i++) {
            length = length << 8 | in[i] & 0xff;
        }
        return content + length;
    }
}
