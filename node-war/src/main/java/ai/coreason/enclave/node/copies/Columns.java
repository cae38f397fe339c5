package ai.coreason.enclave.node.copies;

import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The columns of a dataset in the order of their names, and which of them only name a record or whose it is: the privacy unit's,
 * that which says whose a record of its format is, as a FHIR record's patient, those of the primary key and those that are unique by themselves. Where all are, none counts as such.
 * Immutable.
 */
final class Columns {
    private final List<String> names;
    private final int[] places;
    private final boolean[] identifying;

    /**
     * @param names in order
     * @param places where each stands in a record
     * @param identifying of each, whether it only names
     */
    Columns(List<String> names, int[] places, List<Boolean> identifying) {
        this.names = List.copyOf(names);
        this.places = places.clone();
        this.identifying = new boolean[names.size()];
        boolean all = identifying.stream().allMatch(i -> i);
        for (int i = 0; i < names.size(); i++) {
            this.identifying[i] = !all && identifying.get(i);
        }
    }

    /** Of a table; none yet of tensors, whose columns the file gives. */
    static Columns of(DataResource resource) {
        if (!(resource.format().layout() instanceof TableSchema schema)) {
            return new Columns(List.of(), new int[0], List.of());
        }
        List<String> byPlace = schema.fields().stream()
                .map(f -> f.name().strip().toLowerCase(Locale.ROOT))
                .toList();
        Set<Integer> naming = new HashSet<>();
        schema.column(resource.dataset().unit().column()).ifPresent(naming::add);
        resource.format().ownerColumn().ifPresent(name -> schema.column(name).ifPresent(naming::add));
        schema.keys().stream()
                .filter(k -> k.primary() || k.columns().size() == 1)
                .forEach(k -> naming.addAll(k.columns()));
        IntStream.range(0, byPlace.size())
                .filter(i -> schema.fields().get(i).constraints().unique())
                .forEach(naming::add);
        int[] places = IntStream.range(0, byPlace.size())
                .boxed()
                .sorted(Comparator.comparing(byPlace::get))
                .mapToInt(Integer::intValue)
                .toArray();
        return new Columns(
                IntStream.of(places).mapToObj(byPlace::get).toList(),
                places,
                IntStream.of(places).mapToObj(naming::contains).toList());
    }

    /** Their names, in order. */
    List<String> names() {
        return names;
    }

    /** Where the column of that number in order stands in a record. */
    int place(int column) {
        return places[column];
    }

    /** Whether any column only names. */
    boolean identify() {
        for (boolean one : identifying) {
            if (one) {
                return true;
            }
        }
        return false;
    }

    /** Whether the column of that number in order only names a record or whose it is. */
    boolean identifies(int column) {
        return identifying[column];
    }
}
