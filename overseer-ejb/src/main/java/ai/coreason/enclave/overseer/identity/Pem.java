package ai.coreason.enclave.overseer.identity;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Textual encoding of keys and certificates (RFC 7468): base64 in lines of 64 between labelled boundaries. */
public final class Pem {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {}

    /** One object under a label such as {@code CERTIFICATE}. */
    public static String write(String label, byte[] der) {
        String body = new String(LINES.encode(der), StandardCharsets.US_ASCII);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    /**
     * The DER bytes of the one object in a text.
     *
     * @throws IllegalArgumentException if the text is not exactly one object with that label
     */
    public static byte[] read(String label, String text) {
        String begin = "-----BEGIN " + label + "-----";
        String end = "-----END " + label + "-----";
        String t = text.strip();
        if (!t.startsWith(begin) || !t.endsWith(end) || t.length() < begin.length() + end.length()) {
            throw new IllegalArgumentException("PEM: expected one " + label + ", got something else");
        }
        String body = t.substring(begin.length(), t.length() - end.length());
        return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
    }
}
