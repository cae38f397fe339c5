package ai.coreason.enclave.node.copies;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;

/**
 * The fingerprint of one record: the first 8 bytes of HMAC-SHA256 over its values, each with its length before it, in the order
 * of the values, so that neither the columns' order nor their names count. A record of few distinct values for
 * its many columns, such as a panel of zeros and ones, would look like all others then; its values are taken with the
 * columns' names, in the order of these. Not thread-safe.
 */
final class RecordMac {
    /** Below one distinct value for so many, values alone do not tell records apart. */
    private static final int PER_DISTINCT = 3;

    private static final byte BY_VALUE = 1;
    private static final byte BY_NAME = 2;

    private final Mac mac;
    private final byte[][] names;
    private final byte[] length = new byte[Integer.BYTES];
    private final byte[][] sorted;

    /** @param names of the columns, in the order in which values will come */
    RecordMac(FingerprintKey key, List<String> names) {
        this.mac = key.mac();
        this.names = names.stream().map(n -> n.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
        this.sorted = new byte[names.size()][];
    }

    /**
     * A record's fingerprint.
     *
     * @param values one for each column, {@link CanonicalValue#NONE} where none counts; at least one counts
     */
    long of(byte[][] values) {
        int count = 0;
        for (byte[] value : values) {
            if (value.length > 0) {
                sorted[count++] = value;
            }
        }
        Arrays.sort(sorted, 0, count, Arrays::compareUnsigned);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            distinct += i == 0 || !Arrays.equals(sorted[i - 1], sorted[i]) ? 1 : 0;
        }
        if (PER_DISTINCT * distinct < count) {
            byName(values);
        } else {
            mac.update(BY_VALUE);
            for (int i = 0; i < count; i++) {
                put(sorted[i]);
            }
        }
        return ByteBuffer.wrap(mac.doFinal()).getLong();
    }

    private void byName(byte[][] values) {
        mac.update(BY_NAME);
        for (int i = 0; i < values.length; i++) {
            if (values[i].length > 0) {
                put(names[i]);
                put(values[i]);
            }
        }
    }

    private void put(byte[] bytes) {
        ByteBuffer.wrap(length).putInt(bytes.length);
        mac.update(length);
        mac.update(bytes);
    }
}
