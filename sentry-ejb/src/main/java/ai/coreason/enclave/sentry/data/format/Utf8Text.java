package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of text in UTF-8, which may be compressed by gzip; what it is, its first two bytes say. */
final class Utf8Text {
    private static final long NOWHERE = 0;
    private static final int GZIP_1 = 0x1f;
    private static final int GZIP_2 = 0x8b;

    private Utf8Text() {}

    /**
     * A reader of the text, which throws {@link CharacterCodingException} where it is in another encoding.
     *
     * @throws IOException if the file cannot be read
     */
    static Reader open(Path file) throws IOException {
        return new BufferedReader(new InputStreamReader(bytes(file), StandardCharsets.UTF_8.newDecoder()));
    }

    /** Whether a whole file is well-formed. */
    static boolean isUtf8(Path file) throws IOException {
        return firstLineOfOtherBytes(file) == NOWHERE;
    }

    /** The line, from 1, of the first bytes that are no UTF-8: a reader that decodes ahead does not know it. */
    private static long firstLineOfOtherBytes(Path file) throws IOException {
        try (InputStream in = bytes(file)) {
            LineBytes text = new LineBytes();
            long line = 1;
            int last = 0;
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (!text.take(b)) {
                    return line;
                }
                line += b == '\r' || b == '\n' && last != '\r' ? 1 : 0;
                last = b;
            }
            return text.endsWhole() ? NOWHERE : line;
        }
    }

    /** Says on which line a file is in another encoding. */
    static InvalidDocument refusal(String name, Path file) throws IOException {
        return refusal(name + ", line " + firstLineOfOtherBytes(file));
    }

    /** Says that something is in another encoding. */
    static InvalidDocument refusal(String where) {
        return InvalidDocument.at(where, "text in UTF-8", "bytes of another encoding, as Latin-1 has them");
    }

    /** Says that compressed data ends early or is damaged. */
    static InvalidDocument broken(String name) {
        return InvalidDocument.at(name, "whole data of gzip", "data that is cut or damaged");
    }

    private static InputStream bytes(Path file) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file));
        try {
            raw.mark(2);
            boolean gzip = raw.read() == GZIP_1 && raw.read() == GZIP_2;
            raw.reset();
            return gzip ? new BufferedInputStream(GzipMembers.open(raw)) : raw;
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /** Judges bytes one after another by the table of well-formed UTF-8 (Unicode 15, table 3-7). */
    private static final class LineBytes {
        private int open;
        private int least = 0x80;
        private int most = 0xbf;

        /** Whether no character is open. */
        boolean endsWhole() {
            return open == 0;
        }

        /** Whether the byte may stand here. */
        boolean take(int b) {
            if (open > 0) {
                boolean fits = b >= least && b <= most;
                open--;
                least = 0x80;
                most = 0xbf;
                return fits;
            }
            if (b < 0x80) {
                return true;
            }
            open = b >= 0xc2 && b <= 0xdf ? 1 : b >= 0xe0 && b <= 0xef ? 2 : b >= 0xf0 && b <= 0xf4 ? 3 : 0;
            least = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
            most = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
            return open > 0;
        }
    }
}
