package ai.coreason.enclave.sentry.attestation.snp.measure;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A firmware image of OVMF: its end lies at 4 GiB, and 32 bytes before that end stands a table, read backwards, of entries
 * (content, length in two bytes, GUID) that tell where processors start and what is measured beside the image (EDK II,
 * {@code ResetVectorVtf0.asm} and {@code OvmfSevMetadata.asm}).
 *
 * @param image its bytes, whole pages
 * @param table the entries' contents, by their GUIDs
 * @param sections what is measured beside the image, in order
 */
record Ovmf(byte[] image, Map<String, byte[]> table, List<Section> sections) {
    private static final String FOOTER = "96b582de-1fb2-45f7-baea-a366c55a082d";
    private static final String RESET = "00f771de-1a7e-4fcb-890e-68c77e2fb44e";
    private static final String HASHES = "7255371f-3a3b-4b04-927b-1da6efa8d454";
    private static final String METADATA = "dc886566-984a-4798-a75e-5585a7bf67cc";
    private static final byte[] SIGNATURE = {'A', 'S', 'E', 'V'};
    private static final int PAGE = 4096;
    private static final int MAX_BYTES = 64 << 20;
    private static final int ENTRY_HEADER = 18;
    private static final int MAX_SECTIONS = 64;
    private static final int MAX_SECTION_BYTES = 256 << 20;

    /** What is done with a section at launch. */
    enum Kind {
        ZEROS(1),
        SECRETS(2),
        CPUID(3),
        SVSM_CALLING_AREA(4),
        KERNEL_HASHES(0x10);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw refusal("a known kind of section", Integer.toString(code));
        }
    }

    /** A part of the guest's memory; whole pages. */
    record Section(long address, int bytes, Kind kind) {}

    /**
     * Reads an image.
     *
     * @throws IllegalArgumentException if it is not whole pages or has no such table
     */
    static Ovmf parse(byte[] image) {
        if (image.length == 0 || image.length % PAGE != 0 || image.length > MAX_BYTES) {
            throw refusal("whole pages of 4096 bytes, at most 64 MiB", image.length + " bytes");
        }
        Map<String, byte[]> table = table(image);
        return new Ovmf(image.clone(), table, sections(image, table));
    }

    private static Map<String, byte[]> table(byte[] image) {
        int footer = image.length - 48;
        if (!Guid.at(image, footer).equals(FOOTER)) {
            throw refusal("a table before the reset vector", "none");
        }
        int end = footer - 2;
        int bytes = u16(image, end) - ENTRY_HEADER;
        if (bytes < 0 || bytes > end) {
            throw refusal("a table inside the image", bytes + " bytes");
        }
        Map<String, byte[]> out = new HashMap<>();
        int start = end - bytes;
        while (end - start >= ENTRY_HEADER) {
            int length = u16(image, end - ENTRY_HEADER);
            if (length < ENTRY_HEADER || length > end - start) {
                throw refusal("an entry inside the table", length + " bytes");
            }
            byte[] content = new byte[length - ENTRY_HEADER];
            System.arraycopy(image, end - length, content, 0, content.length);
            out.put(Guid.at(image, end - Guid.BYTES), content);
            end -= length;
        }
        return out;
    }

    private static List<Section> sections(byte[] image, Map<String, byte[]> table) {
        byte[] entry = table.get(METADATA);
        if (entry == null) {
            throw refusal("SEV metadata", "none");
        }
        long start = image.length - u32(entry, 0);
        ByteBuffer in = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        if (start < 0 || start > image.length - 16 || !startsWith(image, (int) start)) {
            throw refusal("SEV metadata that begin with ASEV", "others");
        }
        in.position((int) start + 4);
        long length = in.getInt() & 0xffffffffL;
        int version = in.getInt();
        long count = in.getInt() & 0xffffffffL;
        if (version != 1 || count > MAX_SECTIONS || length != 16 + 12 * count || in.remaining() < 12 * count) {
            throw refusal("SEV metadata of version 1, at most " + MAX_SECTIONS + " sections", "version " + version);
        }
        List<Section> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long address = in.getInt() & 0xffffffffL;
            long bytes = in.getInt() & 0xffffffffL;
            if (address % PAGE != 0 || bytes % PAGE != 0 || bytes == 0 || bytes > MAX_SECTION_BYTES) {
                throw refusal("a section of whole pages", bytes + " bytes at " + address);
            }
            out.add(new Section(address, (int) bytes, Kind.of(in.getInt())));
        }
        return List.copyOf(out);
    }

    /** Where the image begins in the guest's memory. */
    long address() {
        return (1L << 32) - image.length;
    }

    /** Where all processors but the first start; empty if they do not. */
    Optional<Long> resetAddress() {
        return Optional.ofNullable(table.get(RESET)).map(b -> u32(b, 0)).filter(a -> a != 0);
    }

    /**
     * Where in its page the table of the kernel's hashes lies.
     *
     * @throws IllegalArgumentException if the image leaves no room for one
     */
    int hashesOffset() {
        byte[] entry = table.get(HASHES);
        if (entry == null || u32(entry, 0) == 0 || sections.stream().noneMatch(s -> s.kind == Kind.KERNEL_HASHES)) {
            throw refusal("a section SNP_KERNEL_HASHES, since a kernel is given", "none");
        }
        return (int) (u32(entry, 0) % PAGE);
    }

    private static boolean startsWith(byte[] bytes, int at) {
        return Arrays.equals(bytes, at, at + SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
    }

    private static int u16(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
    }

    private static long u32(byte[] bytes, int at) {
        if (bytes.length < at + 4) {
            throw refusal("an entry of at least 4 bytes", bytes.length + " bytes");
        }
        return u16(bytes, at) | (long) u16(bytes, at + 2) << 16;
    }

    private static IllegalArgumentException refusal(String expected, String came) {
        return new IllegalArgumentException("ovmf: expected " + expected + ", got " + came);
    }
}
