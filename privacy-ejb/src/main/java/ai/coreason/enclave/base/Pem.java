package ai.coreason.enclave.base;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Textual encoding of keys, certificates and lists (RFC 7468): base64 in lines of 64 between labelled boundaries. Stateless. */
public final class Pem {
    /** The label of an X.509 certificate. */
    public static final String CERTIFICATE = "CERTIFICATE";

    /** The label of a certificate revocation list. */
    public static final String REVOCATION_LIST = "X509 CRL";

    /** The label of a PKCS#8 private key that is not encrypted. */
    public static final String PRIVATE_KEY = "PRIVATE KEY";

    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    /**
     * One object of a text.
     *
     * @param begin where its first boundary begins, in characters
     * @param end behind its last boundary
     * @param body what stands between, as it is
     */
    public record Block(int begin, int end, String body) {
        /**
         * The object's bytes.
         *
         * @throws IllegalArgumentException if the body is not base64 and white space
         */
        public byte[] der() {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        }
    }

    private Pem() {}

    /** One object under a label such as {@link #CERTIFICATE}. */
    public static String write(String label, byte[] der) {
        String body = new String(LINES.encode(der), StandardCharsets.US_ASCII);
        return begin(label) + "\n" + body + "\n" + end(label) + "\n";
    }

    /**
     * The DER bytes of the one object in a text, with white space around it at most.
     *
     * @throws IllegalArgumentException if the text is not exactly one object with that label
     */
    public static byte[] read(String label, String text) {
        String stripped = text.strip();
        List<Block> blocks = blocks(label, stripped);
        if (blocks.size() != 1 || blocks.get(0).begin() != 0 || blocks.get(0).end() != stripped.length()) {
            throw new IllegalArgumentException("PEM: expected one " + label + ", got something else");
        }
        return blocks.get(0).der();
    }

    /**
     * The objects with a label, in a text of which the rest may be anything.
     *
     * @throws IllegalArgumentException if one has no end
     */
    public static List<Block> blocks(String label, String text) {
        List<Block> out = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(begin(label)); at >= 0; at = text.indexOf(begin(label), from)) {
            int body = at + begin(label).length();
            int end = text.indexOf(end(label), body);
            if (end < 0) {
                throw new IllegalArgumentException(
                        "PEM: expected the end of the " + label + " that begins at character " + at + ", got none");
            }
            from = end + end(label).length();
            out.add(new Block(at, from, text.substring(body, end)));
        }
        return out;
    }

    private static String begin(String label) {
        return "-----BEGIN " + label + "-----";
    }

    private static String end(String label) {
        return "-----END " + label + "-----";
    }
}
