package ai.coreason.enclave.sentry.attestation;

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

    /** The same for a certificate, which is also refused if it is over {@link #MAX_CERTIFICATE}. */
    public static void checkCertificate(String part, byte[] der) throws MalformedEvidence {
        if (der.length > MAX_CERTIFICATE) {
            throw new MalformedEvidence(part, 0, "a certificate of at most " + MAX_CERTIFICATE + " bytes", "more");
        }
        check(part, der);
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
