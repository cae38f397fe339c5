package ai.coreason.enclave.sentry.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipMembersTest {
    private static byte[] member(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] read(byte[] file) throws IOException {
        try (InputStream in = GzipMembers.open(new ByteArrayInputStream(file))) {
            return in.readAllBytes();
        }
    }

    @Test
    void read_membersAndZerosToTheEnd_givesAllOfThem() throws Exception {
        byte[] two = joined(member(text("one,")), member(new byte[0]), member(text("two")));
        assertThat(read(two)).isEqualTo(text("one,two"));
        assertThat(read(joined(two, new byte[513]))).isEqualTo(text("one,two"));
    }

    @Test
    void read_membersLongerThanTheBuffer_givesThemWhole() throws Exception {
        byte[] noise = new byte[300_000];
        new Random(5).nextBytes(noise);
        byte[] even = new byte[3_000_000];
        assertThat(read(joined(member(noise), member(even), member(noise)))).isEqualTo(joined(noise, even, noise));
    }

    @Test
    void read_headerWithAllItMayHave_isUnderstood() throws Exception {
        byte[] plain = member(text("x"));
        byte[] header = {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 1, 2, 3, 4, 0, 3, 2, 0, 7, 7, 'n', 0, 'c', 0};
        CRC32 crc = new CRC32();
        crc.update(header);
        byte[] sum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
        byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);
        assertThat(read(joined(plain, header, sum, rest))).isEqualTo(text("xx"));
        sum[0] ^= 1;
        assertThatThrownBy(() -> read(joined(plain, header, sum, rest))).isInstanceOf(ZipException.class);
    }

    /** The end of the first member is a whole file; nothing shows that more is missing. */
    @Test
    void read_cutAnywhereElse_isFound() throws Exception {
        byte[] first = member(text("one"));
        byte[] file = joined(first, member(text("two")));
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            if (length == first.length) {
                assertThat(read(cut)).isEqualTo(text("one"));
            } else {
                assertThatThrownBy(() -> read(cut)).isInstanceOf(EOFException.class);
            }
        }
    }

    /** What a flipped bit leaves as it was, is of no matter: time, system, flags of the compressor, a text's mark, bits behind the end. */
    @Test
    void read_oneBitFlippedAnywhere_isFoundOrOfNoMatter() throws Exception {
        byte[] first = member(text("one"));
        byte[] file = joined(first, member(text("two")));
        int found = 0;
        for (int bit = 0; bit < 8 * file.length; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(read(flipped)).isEqualTo(text("onetwo"));
            } catch (EOFException | ZipException e) {
                found++;
            }
        }
        int padding = 6;
        assertThat(found).isEqualTo(8 * file.length - 2 * (8 * 6 + 1 + padding));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "plain text\n", "\u001f", "\u0000x", "\u0000\u0000\u001f"})
    void read_otherDataAfterAMember_isFound(String rest) throws Exception {
        byte[] file = joined(member(text("one")), text(rest));
        assertThatThrownBy(() -> read(file)).isInstanceOfAny(ZipException.class, EOFException.class);
    }
}
