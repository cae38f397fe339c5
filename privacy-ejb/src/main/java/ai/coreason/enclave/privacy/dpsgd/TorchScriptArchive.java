package ai.coreason.enclave.privacy.dpsgd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive of one module without state: what {@code torch.jit.load} reads. A ZIP file of stored entries: the
 * methods as serialised source, and the module object as a pickle (protocol 2) with no attribute but {@code training}.
 */
final class TorchScriptArchive {
    private static final byte[] EMPTY_TUPLE_PICKLE = {(byte) 0x80, 2, ')', '.'};

    private TorchScriptArchive() {}

    /**
     * Packs a module.
     *
     * @param name of its class
     * @param methods source of its methods, indented by two spaces
     */
    static byte[] of(String name, String methods) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, "data.pkl", object(name));
            store(
                    zip,
                    "code/__torch__.py",
                    utf8("class " + name + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
                            + methods));
            store(zip, "constants.pkl", EMPTY_TUPLE_PICKLE);
            store(zip, "version", utf8("10\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** {@code __torch__.name.__new__()} with the state {@code {"training": True}}. */
    private static byte[] object(String name) {
        byte[] type = utf8("c__torch__\n" + name + "\n");
        byte[] attribute = utf8("training");
        return ByteBuffer.allocate(type.length + attribute.length + 15)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x80)
                .put((byte) 2)
                .put(type)
                .put((byte) ')')
                .put((byte) 0x81)
                .put((byte) '}')
                .put((byte) '(')
                .put((byte) 'X')
                .putInt(attribute.length)
                .put(attribute)
                .put((byte) 0x88)
                .put((byte) 'u')
                .put((byte) 'b')
                .put((byte) '.')
                .array();
    }

    private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry entry = new ZipEntry("module/" + name);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
