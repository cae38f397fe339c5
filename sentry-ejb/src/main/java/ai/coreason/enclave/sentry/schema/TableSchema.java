package ai.coreason.enclave.sentry.schema;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.JsonFields;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The columns of a table and the texts that stand for a missing value (Frictionless Table Schema). Types, constraints,
 * {@code missingValues} and names are understood; what only describes is passed over.
 *
 * @param fields the columns in order; at least one, no name twice
 * @param missingValues texts that mean that a value is missing, compared as they stand
 */
public record TableSchema(List<Field> fields, Set<String> missingValues) {
    private static final int MAX_FIELDS = 20_000;

    /** Copies the collections. */
    public TableSchema {
        fields = List.copyOf(fields);
        missingValues = Collections.unmodifiableSet(new LinkedHashSet<>(missingValues));
    }

    static TableSchema read(JsonFields f) {
        List<Field> fields = f.list("fields", "an array of fields", Field::read);
        if (fields.isEmpty() || fields.size() > MAX_FIELDS) {
            throw InvalidDocument.at(f.at("fields"), "1 to " + MAX_FIELDS + " fields", fields.size());
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < fields.size(); i++) {
            if (!names.add(fields.get(i).name())) {
                throw InvalidDocument.at(
                        f.at("fields[" + i + "].name"),
                        "every name once",
                        fields.get(i).name());
            }
        }
        if (f.has("fieldsMatch")) {
            f.text("fieldsMatch", "equal: columns are found by name, and all must be there", "equal"::equals);
        }
        return new TableSchema(fields, readMissing(f));
    }

    private static Set<String> readMissing(JsonFields f) {
        if (!f.has("missingValues")) {
            return Set.of("");
        }
        return new LinkedHashSet<>(f.list("missingValues", "an array of strings", (v, at) -> {
            if (!v.isTextual()) {
                throw InvalidDocument.at(at, "a string", JsonFields.describe(v));
            }
            return v.textValue();
        }));
    }

    /** The column of that name. */
    public Optional<Field> field(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    /** Where the column of that name stands, from 0. */
    public OptionalInt column(String name) {
        return IntStream.range(0, fields.size())
                .filter(i -> fields.get(i).name().equals(name))
                .findFirst();
    }
}
