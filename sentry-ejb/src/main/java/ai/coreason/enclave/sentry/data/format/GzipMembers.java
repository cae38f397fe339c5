package ai.coreason.enclave.sentry.data.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * What gzip compressed, of all members that a file has. After a member stands another, nothing, or zeros to the end;
 * anything else is damage, where {@link java.util.zip.GZIPInputStream} takes it for the end of the data. Not thread-safe.
 * Source: RFC 1952.
 */
final class GzipMembers extends InputStream {
    private static final int[] MAGIC = {0x1f, 0x8b, 8};
    /** Modification time, extra flags, operating system. */
    private static final int PLAIN_BYTES = 6;

    private static final int HEADER_CRC = 1 << 1;
    private static final int EXTRA = 1 << 2;
    private static final int NAME = 1 << 3;
    private static final int COMMENT = 1 << 4;
    private static final int RESERVED = 0xe0;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final CRC32 headerCrc = new CRC32();
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private boolean ended;

    private GzipMembers(InputStream in) {
        this.in = in;
    }

    /**
     * Begins with the first member's header.
     *
     * @throws ZipException if there is none
     * @throws EOFException if it is cut
     */
    static InputStream open(InputStream in) throws IOException {
        GzipMembers members = new GzipMembers(in);
        try {
            members.header(members.next());
            return members;
        } catch (IOException e) {
            members.inflater.end();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (!ended && length > 0) {
            int n = inflate(into, offset, length);
            if (n > 0) {
                crc.update(into, offset, n);
                return n;
            }
            if (inflater.finished()) {
                trailer();
                ended = !another();
            } else if (inflater.needsInput() && hasMore()) {
                inflater.setInput(buffer, at, end - at);
                at = end;
            } else {
                throw new EOFException();
            }
        }
        return length == 0 ? 0 : -1;
    }

    private int inflate(byte[] into, int offset, int length) throws ZipException {
        try {
            return inflater.inflate(into, offset, length);
        } catch (DataFormatException e) {
            throw new ZipException("damaged data");
        }
    }

    private void trailer() throws IOException {
        at = end - inflater.getRemaining();
        long sum = number(4);
        long size = number(4);
        if (sum != crc.getValue() || size != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new ZipException("other data than was compressed");
        }
    }

    /** Whether another member begins. */
    private boolean another() throws IOException {
        if (!hasMore()) {
            return false;
        }
        int first = next();
        if (first != 0) {
            inflater.reset();
            crc.reset();
            header(first);
            return true;
        }
        while (hasMore()) {
            if (next() != 0) {
                throw new ZipException("data after zeros");
            }
        }
        return false;
    }

    private void header(int first) throws IOException {
        headerCrc.reset();
        headerCrc.update(first);
        boolean magic = first == MAGIC[0];
        for (int i = 1; i < MAGIC.length; i++) {
            magic &= next() == MAGIC[i];
        }
        int flags = next();
        if (!magic || (flags & RESERVED) != 0) {
            throw new ZipException("no header of gzip");
        }
        pass(PLAIN_BYTES);
        if ((flags & EXTRA) != 0) {
            pass(number(2));
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        long sum = headerCrc.getValue() & 0xffff;
        if ((flags & HEADER_CRC) != 0 && sum != number(2)) {
            throw new ZipException("damaged header");
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // a name or a comment of the member
        }
    }

    private void pass(long count) throws IOException {
        for (long i = 0; i < count; i++) {
            next();
        }
    }

    private long number(int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number |= (long) next() << 8 * i;
        }
        return number;
    }

    private int next() throws IOException {
        if (!hasMore()) {
            throw new EOFException();
        }
        int octet = buffer[at++] & 0xff;
        headerCrc.update(octet);
        return octet;
    }

    /** Whether compressed bytes are left; reads some if none are at hand. */
    private boolean hasMore() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(buffer, 0, buffer.length));
        }
        return at < end;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
