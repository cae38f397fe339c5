package ai.coreason.enclave.node.copies;

import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.format.RecordSink;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.data.schema.Tensors;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the fingerprint of each record of a dataset while the records are read. Equal records have equal fingerprints however
 * they are written and in whatever order they and their columns come; whoever lacks the site's key learns nothing from them.
 * Not thread-safe; one instance reads one dataset once. {@link #toString()} shows none.
 */
public final class Fingerprints implements RecordSink {
    /** How many are kept of a dataset; of one with more records, a sample. 8 MiB a view. */
    static final int MOST = 1 << 20;

    /** Examples of one side and at most so many elements are rows of a table; others are one value each. */
    private static final int MOST_COLUMNS = 256;

    /** One column's part of an example: {@code length} elements of a tensor, those of the first example at {@code from}. */
    private record Slot(String name, int from, int step, int length) {}

    private final FingerprintKey key;
    private final DataResource resource;
    private final Smallest bare;
    private final Smallest whole;
    private Columns columns;
    private RecordMac mac;
    private byte[][] values;

    private Fingerprints(FingerprintKey key, DataResource resource, int most) {
        this.key = key;
        this.resource = resource;
        this.bare = new Smallest(most);
        this.whole = new Smallest(most);
        begin(Columns.of(resource));
    }

    static Fingerprints of(FingerprintKey key, DataResource resource) {
        return new Fingerprints(key, resource, MOST);
    }

    /** Of a dataset of which no more than so many are kept. */
    static Fingerprints of(FingerprintKey key, DataResource resource, int most) {
        return new Fingerprints(key, resource, most);
    }

    private void begin(Columns those) {
        columns = those;
        mac = new RecordMac(key, those.names());
        values = new byte[those.names().size()][];
    }

    @Override
    public void row(Row row) {
        for (int i = 0; i < values.length; i++) {
            int column = columns.place(i);
            values[i] = row.missing(column) ? CanonicalValue.NONE : CanonicalValue.of(row, column);
        }
        take();
    }

    @Override
    public void tensors(Safetensors file) {
        List<Tensor> tensors = new ArrayList<>();
        List<Slot> slots = new ArrayList<>();
        List<Boolean> identifying = new ArrayList<>();
        Tensors declared = (Tensors) resource.format().layout();
        declared.tensors().keySet().stream().sorted().forEach(name -> {
            Tensor tensor = file.tensors().get(name);
            for (Slot slot : slots(tensor)) {
                tensors.add(tensor);
                slots.add(slot);
                identifying.add(name.equals(resource.dataset().unit().column()));
            }
        });
        begin(new Columns(slots.stream().map(Slot::name).toList(), new int[slots.size()], identifying));
        long examples = tensors.get(0).shape().get(0);
        for (int example = 0; example < examples; example++) {
            for (int i = 0; i < values.length; i++) {
                Slot slot = slots.get(i);
                int at = slot.from() + example * slot.step();
                values[i] = slot.length() == 1
                        ? CanonicalValue.of(tensors.get(i).at(at))
                        : CanonicalValue.of(tensors.get(i), at, slot.length());
            }
            take();
        }
    }

    private static List<Slot> slots(Tensor tensor) {
        List<Long> example = tensor.shape().subList(1, tensor.shape().size());
        int elements = (int) example.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
        if (example.size() > 1 || elements > MOST_COLUMNS) {
            return List.of(new Slot(tensor.name(), 0, elements, elements));
        }
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < elements; i++) {
            slots.add(new Slot(tensor.name() + "[" + i + "]", i, elements, 1));
        }
        return slots;
    }

    /** A record that says nothing but whose it is, is passed over. */
    private void take() {
        boolean says = false;
        boolean named = false;
        for (int i = 0; i < values.length; i++) {
            boolean present = values[i].length > 0;
            named |= present && columns.identifies(i);
            says |= present && !columns.identifies(i);
        }
        if (!says) {
            return;
        }
        long print = mac.of(named ? nameless() : values);
        bare.add(print);
        if (columns.identify()) {
            whole.add(named ? mac.of(values) : print);
        }
    }

    private byte[][] nameless() {
        byte[][] nameless = values.clone();
        for (int i = 0; i < nameless.length; i++) {
            if (columns.identifies(i)) {
                nameless[i] = CanonicalValue.NONE;
            }
        }
        return nameless;
    }

    Prints prints() {
        Sketch nameless = bare.sketch();
        return new Prints(nameless, columns.identify() ? whole.sketch() : nameless);
    }

    /** Whether they were taken under this key. */
    boolean under(FingerprintKey other) {
        return key.same(other);
    }

    @Override
    public String toString() {
        return "Fingerprints[REDACTED]";
    }
}
