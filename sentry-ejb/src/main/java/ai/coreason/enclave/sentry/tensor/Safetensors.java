package ai.coreason.enclave.sentry.tensor;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.tensor.SafetensorsHeader.Entry;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The contents of a safetensors file: its metadata and its tensors, in the order of their bytes.
 *
 * <p>Layout: bytes 0 to 7 the header's length N, little-endian; bytes 8 to 8+N-1 the JSON header, padded with spaces;
 * then the data, which the tensors cover without gap or overlap. Source: the format description of
 * <a href="https://github.com/huggingface/safetensors">huggingface/safetensors</a>. Stricter than the reference: a
 * header has at most 10 MiB, 10,000 tensors of at most 8 sides, names of 512 characters and 1,000 metadata entries; a
 * file has at most 2 GiB.
 *
 * <p>Immutable and thread-safe. Data is not copied: whoever passes a buffer leaves it unchanged afterwards.
 */
public final class Safetensors {
    /** Longest header accepted, bytes. */
    public static final int MAX_HEADER = 10 << 20;

    private static final int LENGTH_FIELD = 8;

    private final Map<String, String> metadata;
    private final Map<String, Tensor> tensors;

    private Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors) {
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /** Reads a whole file from memory; see {@link #read(ByteBuffer)}. */
    public static Safetensors read(byte[] file) {
        return read(ByteBuffer.wrap(file));
    }

    /**
     * Reads a whole file from a buffer, from its position to its limit.
     *
     * @throws InvalidDocument naming the tensor, what was expected, what came and the byte offset
     */
    public static Safetensors read(ByteBuffer file) {
        ByteBuffer bytes = file.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.capacity() < LENGTH_FIELD) {
            throw InvalidDocument.at("header length", "8 bytes at byte 0", bytes.capacity() + " bytes");
        }
        long length = bytes.getLong(0);
        long most = Math.min(MAX_HEADER, bytes.capacity() - LENGTH_FIELD);
        if (length < 2 || length > most) {
            throw InvalidDocument.at(
                    "header length", "a number in [2, " + most + "] at byte 0", Long.toUnsignedString(length));
        }
        byte[] header = new byte[(int) length];
        bytes.get(LENGTH_FIELD, header);
        SafetensorsHeader parsed = SafetensorsHeader.parse(header);
        int start = LENGTH_FIELD + header.length;
        return new Safetensors(Collections.unmodifiableMap(parsed.metadata()), tensors(parsed.entries(), bytes, start));
    }

    /**
     * Reads a file by mapping it into memory, so that only what is used is loaded. The file must not change while the
     * tensors are in use.
     *
     * @throws InvalidDocument as {@link #read(ByteBuffer)}, or if the file is longer than 2 GiB
     * @throws IOException if the file cannot be read
     */
    public static Safetensors map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw InvalidDocument.at("file", "at most " + Integer.MAX_VALUE + " bytes", channel.size());
            }
            return read(channel.map(MapMode.READ_ONLY, 0, channel.size()));
        }
    }

    /**
     * Writes a file. The same metadata and tensors always give the same bytes: metadata is sorted by key, tensors keep
     * their order, and the header is padded with spaces to a multiple of 8.
     *
     * @throws IllegalArgumentException if a name appears twice or the file would exceed 2 GiB
     */
    public static byte[] write(Map<String, String> metadata, Collection<Tensor> tensors) {
        byte[] header = header(metadata, tensors);
        int padded = Math.addExact(header.length, 7) & ~7;
        long size = (long) LENGTH_FIELD + padded;
        for (Tensor tensor : tensors) {
            size += tensor.data().remaining();
        }
        if (size > Integer.MAX_VALUE - LENGTH_FIELD) {
            throw new IllegalArgumentException("tensors: expected at most 2 GiB in all, got " + size + " bytes");
        }
        ByteBuffer out = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(padded).put(header);
        while (out.position() < LENGTH_FIELD + padded) {
            out.put((byte) ' ');
        }
        tensors.forEach(t -> out.put(t.data()));
        return out.array();
    }

    /** The free-form strings of {@code __metadata__}; empty where there are none. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The tensors by name, in the order of their bytes. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** One tensor by its name. */
    public Optional<Tensor> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    private static Map<String, Tensor> tensors(List<Entry> entries, ByteBuffer bytes, int start) {
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long dataLength = bytes.capacity() - start;
        long covered = 0;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Entry e : entries) {
            String came = "[" + e.begin() + ", " + e.end() + "]";
            if (e.begin() != covered) {
                throw InvalidDocument.at(e.name(), "data from byte " + (start + covered), came + " after the header");
            }
            if (e.end() > dataLength) {
                throw InvalidDocument.at(e.name(), "data that ends by byte " + bytes.capacity(), came);
            }
            ByteBuffer data = bytes.slice(start + (int) e.begin(), (int) (e.end() - e.begin()));
            tensors.put(e.name(), new Tensor(e.name(), e.dtype(), e.shape(), data));
            covered = e.end();
        }
        if (covered != dataLength) {
            throw InvalidDocument.at("file", "its end at byte " + (start + covered), (dataLength - covered) + " more");
        }
        return Collections.unmodifiableMap(tensors);
    }

    private static byte[] header(Map<String, String> metadata, Collection<Tensor> tensors) {
        ObjectNode header = Json.object();
        if (!metadata.isEmpty()) {
            ObjectNode strings = header.putObject(SafetensorsHeader.METADATA);
            new TreeMap<>(metadata).forEach(strings::put);
        }
        long at = 0;
        for (Tensor tensor : tensors) {
            if (header.has(tensor.name()) || tensor.name().equals(SafetensorsHeader.METADATA)) {
                throw new IllegalArgumentException("tensors: expected every name once, got " + tensor.name());
            }
            ObjectNode entry =
                    header.putObject(tensor.name()).put("dtype", tensor.dtype().name());
            tensor.shape().forEach(entry.putArray("shape")::add);
            long end = at + tensor.data().remaining();
            entry.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        return Json.write(header);
    }
}
