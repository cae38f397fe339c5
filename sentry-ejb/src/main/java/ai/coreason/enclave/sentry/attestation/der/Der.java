package ai.coreason.enclave.sentry.attestation.der;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One value in DER (X.690): definite, shortest lengths; single-byte tags; nothing behind it.
 *
 * @param part the name of what it is, for refusals
 * @param bytes tag, length and content
 * @param header bytes before the content
 */
public record Der(String part, byte[] bytes, int header) {
    /** Its tag. */
    public static final int INTEGER = 0x02;
    /** Its tag. */
    public static final int OCTETS = 0x04;
    /** Its tag. */
    public static final int IA5 = 0x16;

    /**
     * Reads bytes that are one value.
     *
     * @throws MalformedEvidence if they are not, or more follows
     */
    public static Der of(String part, byte[] bytes) throws MalformedEvidence {
        Der first = at(part, bytes, 0);
        if (first.bytes.length != bytes.length) {
            throw new MalformedEvidence(part, first.bytes.length, "the end", "more bytes");
        }
        return first;
    }

    private static Der at(String part, byte[] in, int from) throws MalformedEvidence {
        int content = StrictDer.content(part, in, from, in.length);
        return new Der(part, Arrays.copyOfRange(in, from, StrictDer.end(in, from, content)), content - from);
    }

    public int tag() {
        return bytes[0] & 0xff;
    }

    public byte[] content() {
        return Arrays.copyOfRange(bytes, header, bytes.length);
    }

    /** The values inside, in order. */
    public List<Der> children() throws MalformedEvidence {
        List<Der> out = new ArrayList<>();
        int from = header;
        while (from < bytes.length) {
            Der child = at(part, bytes, from);
            out.add(child);
            from += child.bytes.length;
        }
        return out;
    }

    /** The content of a value that has to have a tag. */
    public byte[] content(int tag) throws MalformedEvidence {
        if (tag() != tag) {
            throw new MalformedEvidence(part, 0, "tag " + tag, Integer.toString(tag()));
        }
        return content();
    }

    /** An INTEGER in [0, 255]. */
    public int u8() throws MalformedEvidence {
        byte[] c = content(INTEGER);
        boolean one = c.length == 1 && c[0] >= 0;
        boolean two = c.length == 2 && c[0] == 0 && c[1] < 0;
        if (!one && !two) {
            throw new MalformedEvidence(part, header, "a whole number in [0, 255], shortest form", c.length + " bytes");
        }
        return c[c.length - 1] & 0xff;
    }

    /** An IA5String of 1 to 128 characters that print. */
    public String ia5() throws MalformedEvidence {
        String text = new String(content(IA5), StandardCharsets.US_ASCII);
        if (!text.matches("[ -~]{1,128}")) {
            throw new MalformedEvidence(part, header, "1 to 128 characters that print", text.length() + " others");
        }
        return text;
    }
}
