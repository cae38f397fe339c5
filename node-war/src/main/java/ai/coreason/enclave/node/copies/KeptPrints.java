package ai.coreason.enclave.node.copies;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.NodeDataset;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Mac;

/**
 * What a site keeps of one dataset's records: a file of fingerprints. Numbers are big-endian:
 *
 * <pre>
 *  0  8  magic, "coreason"
 *  8  4  version, 1
 * 12  2  length of the dataset's name, then the name: node_id/dataset_id
 *     4  how many datasets it is distinct from, then each one's name as above
 *     5  of the values that name nobody: 1 if complete or 0, count; then count times 8, ascending as signed numbers
 *     1  1 if fingerprints of all values differ from these and follow, else 0
 *     5  of all values: the same as of those that name nobody
 *    32  HMAC-SHA256 under the site's key over all that is before
 * </pre>
 *
 * @param dataset whose records
 * @param distinctFrom datasets whose records are other ones, as the dataset's owner said
 * @param prints the fingerprints
 */
record KeptPrints(NodeDataset dataset, Set<NodeDataset> distinctFrom, Prints prints) {
    /** A file is never longer. */
    static final long MAX_BYTES = 2L * Long.BYTES * Fingerprints.MOST + (4 << 20);

    private static final byte[] MAGIC = "coreason".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;

    /** Copies the set. */
    KeptPrints {
        distinctFrom = Set.copyOf(distinctFrom);
    }

    /** The file. */
    byte[] encode(FingerprintKey key) {
        int names = length(dataset)
                + distinctFrom.stream().mapToInt(KeptPrints::length).sum();
        int sketches = length(prints.bare()) + (prints.twofold() ? length(prints.whole()) : 0);
        int signed = MAGIC.length + 2 * Integer.BYTES + names + 1 + sketches;
        ByteBuffer out = ByteBuffer.allocate(signed + FingerprintKey.MAC_BYTES);
        out.put(MAGIC).putInt(VERSION);
        put(out, dataset);
        out.putInt(distinctFrom.size());
        distinctFrom.forEach(other -> put(out, other));
        put(out, prints.bare());
        out.put((byte) (prints.twofold() ? 1 : 0));
        if (prints.twofold()) {
            put(out, prints.whole());
        }
        return out.put(tag(out.array(), key)).array();
    }

    private static int length(NodeDataset name) {
        return Short.BYTES + name.toString().length();
    }

    private static int length(Sketch sketch) {
        return 1 + Integer.BYTES + Long.BYTES * sketch.count();
    }

    private static void put(ByteBuffer out, NodeDataset name) {
        byte[] text = name.toString().getBytes(StandardCharsets.US_ASCII);
        out.putShort((short) text.length).put(text);
    }

    private static void put(ByteBuffer out, Sketch sketch) {
        out.put((byte) (sketch.complete() ? 1 : 0)).putInt(sketch.count());
        for (int i = 0; i < sketch.count(); i++) {
            out.putLong(sketch.at(i));
        }
    }

    /** The tag over all of a file but its own place at the end. */
    private static byte[] tag(byte[] file, FingerprintKey key) {
        Mac mac = key.mac();
        mac.update(file, 0, file.length - FingerprintKey.MAC_BYTES);
        return mac.doFinal();
    }

    /**
     * Reads a file.
     *
     * @param name the file's, for errors
     * @throws UnusableSketch if it is not whole, is of another version or does not carry the tag of this key
     */
    static KeptPrints decode(byte[] file, FingerprintKey key, String name) throws UnusableSketch {
        int signed = file.length - FingerprintKey.MAC_BYTES;
        if (signed < MAGIC.length + Integer.BYTES || !Arrays.equals(MAGIC, Arrays.copyOf(file, MAGIC.length))) {
            throw new UnusableSketch(name, "a file of fingerprints", "another, or a part of one");
        }
        ByteBuffer in = ByteBuffer.wrap(file, MAGIC.length, signed - MAGIC.length);
        int version = in.getInt();
        if (version != VERSION) {
            throw new UnusableSketch(name, "fingerprints of version " + VERSION, "version " + version);
        }
        if (!MessageDigest.isEqual(tag(file, key), Arrays.copyOfRange(file, signed, file.length))) {
            throw new UnusableSketch(
                    name, "the tag of this site's key", "another: it was altered, or the key was replaced");
        }
        try {
            KeptPrints read = read(in);
            if (in.hasRemaining()) {
                throw new UnusableSketch(name, "no more bytes", in.remaining() + " more");
            }
            return read;
        } catch (BufferUnderflowException | IllegalArgumentException | InvalidDocument e) {
            throw new UnusableSketch(name, "fingerprints as this version writes them", "others");
        }
    }

    private static KeptPrints read(ByteBuffer in) {
        NodeDataset dataset = name(in);
        Set<NodeDataset> distinct = new HashSet<>();
        for (int left = in.getInt(); left > 0; left--) {
            distinct.add(name(in));
        }
        Sketch bare = sketch(in);
        return new KeptPrints(dataset, distinct, new Prints(bare, in.get() == 0 ? bare : sketch(in)));
    }

    private static NodeDataset name(ByteBuffer in) {
        byte[] text = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(text);
        return NodeDataset.parse(new String(text, StandardCharsets.US_ASCII), "name");
    }

    private static Sketch sketch(ByteBuffer in) {
        boolean complete = in.get() != 0;
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / Long.BYTES) {
            throw new IllegalArgumentException("expected as many fingerprints as there are bytes for, got " + count);
        }
        long[] sorted = new long[count];
        for (int i = 0; i < count; i++) {
            sorted[i] = in.getLong();
        }
        return new Sketch(sorted, complete);
    }

    /** That the owner of one of the two said that their records are different ones. */
    boolean distinct(KeptPrints other) {
        return distinctFrom.contains(other.dataset) || other.distinctFrom.contains(dataset);
    }
}
