package ai.coreason.enclave.launcher.terminal;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/** Writes text to a terminal so that nothing in it controls the terminal: � in the place of such a character, line ends and tabs kept. */
public final class VisibleWriter extends FilterWriter {
    private static final char REPLACEMENT = '\uFFFD';

    /** Writes through to another writer. */
    public VisibleWriter(Writer out) {
        super(out);
    }

    @Override
    public void write(int c) throws IOException {
        out.write(visible((char) c));
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        char[] shown = new char[length];
        for (int i = 0; i < length; i++) {
            shown[i] = visible(text[offset + i]);
        }
        out.write(shown, 0, length);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        write(text.toCharArray(), offset, length);
    }

    private static char visible(char c) {
        boolean kept = c == '\n' || c == '\t' || c == '\r';
        boolean turns = (c >= '\u202A' && c <= '\u202E') || (c >= '\u2066' && c <= '\u2069');
        return turns || (Character.isISOControl(c) && !kept) ? REPLACEMENT : c;
    }
}
