package ai.coreason.enclave.sentry.data.format;

import java.io.FilterReader;
import java.io.IOException;
import java.io.PushbackReader;
import java.io.Reader;

/** A reader that refuses to give more than a number of characters for one record. Not thread-safe. */
final class BoundedReader extends FilterReader {
    /** Says that one record is too long. */
    static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static final char BYTE_ORDER_MARK = '\ufeff';

    private final int most;
    private int given;

    private BoundedReader(Reader in, int most) {
        super(in);
        this.most = most;
    }

    /** A reader of the same text, without the byte order mark that it may begin with. */
    static BoundedReader of(Reader reader, int most) throws IOException {
        PushbackReader in = new PushbackReader(reader);
        int first = in.read();
        if (first >= 0 && first != BYTE_ORDER_MARK) {
            in.unread(first);
        }
        return new BoundedReader(in, most);
    }

    /** A record is complete: what was read ahead counts for none. */
    void recordEnds() {
        given = 0;
    }

    @Override
    public int read() throws IOException {
        int c = super.read();
        count(c < 0 ? 0 : 1);
        return c;
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        int n = super.read(buffer, offset, length);
        count(n);
        return n;
    }

    private void count(int n) throws IOException {
        given += Math.max(0, n);
        if (given > most) {
            throw new TooLong();
        }
    }
}
