package ai.coreason.enclave.sentry.data.schema;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.PublicField;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The columns of a table, the texts that stand for a missing value and the keys (Frictionless Table Schema). What only
 * describes is passed over; every other member that is not understood is refused.
 *
 * @param fields the columns in order; at least one, no name twice
 * @param missingValues texts that mean that a value is missing, compared as they stand
 * @param keys columns whose values together may appear once only
 */
public record TableSchema(List<Field> fields, Set<String> missingValues, List<Key> keys) implements Layout {
    private static final int MAX_FIELDS = 20_000;

    /** Members that only describe. */
    private static final List<String> COMMENTARY = List.of(
            "$schema", "name", "title", "description", "homepage", "version", "created", "keywords", "$comment");

    /**
     * Columns whose values together may appear once only.
     *
     * @param columns their places in the schema; at least one
     * @param primary whether none of them may be missing; a record that misses one of another key obeys that key
     */
    public record Key(List<Integer> columns, boolean primary) {
        /** Copies the list. */
        public Key {
            columns = List.copyOf(columns);
        }
    }

    /** A schema without keys. */
    public TableSchema(List<Field> fields, Set<String> missingValues) {
        this(fields, missingValues, List.of());
    }

    /** Copies the collections. */
    public TableSchema {
        fields = List.copyOf(fields);
        keys = List.copyOf(keys);
        missingValues = Collections.unmodifiableSet(new LinkedHashSet<>(missingValues));
    }

    public static TableSchema read(JsonFields f) {
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
        Set<String> missing = readMissing(f);
        missing.forEach(text -> requireNoValue(fields, text, f.at("missingValues")));
        List<String> order = fields.stream().map(Field::name).toList();
        List<Key> keys = new ArrayList<>();
        if (f.has("primaryKey")) {
            keys.add(new Key(readKey(f.any("primaryKey", "a key"), f.at("primaryKey"), order), true));
        }
        if (f.has("uniqueKeys")) {
            f.list("uniqueKeys", "an array of keys", (v, at) -> new Key(readKey(v, at, order), false))
                    .forEach(keys::add);
        }
        COMMENTARY.forEach(f::has);
        f.end();
        return new TableSchema(fields, missing, keys);
    }

    /**
     * Refuses a text for a missing value that is a value of a field.
     *
     * @param path where it stands
     */
    public static void requireNoValue(List<Field> fields, String text, String path) {
        fields.stream().filter(f -> f.declares(text)).findFirst().ifPresent(f -> {
            throw InvalidDocument.at(path, "no text that is a value of field " + f.name(), '"' + text + '"');
        });
    }

    /** A field's name, or an array of them. */
    private static List<Integer> readKey(JsonNode json, String path, List<String> order) {
        List<JsonNode> names = new ArrayList<>();
        (json.isTextual() ? List.of(json) : json).forEach(names::add);
        List<Integer> columns = new ArrayList<>();
        for (JsonNode name : names) {
            int column = name.isTextual() ? order.indexOf(name.textValue()) : -1;
            if (column < 0 || columns.contains(column)) {
                throw InvalidDocument.at(path, "names of fields, each once", JsonFields.describe(name));
            }
            columns.add(column);
        }
        if (columns.isEmpty()) {
            throw InvalidDocument.at(path, "a field's name or an array of them", JsonFields.describe(json));
        }
        return columns;
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

    @Override
    public List<PublicField> published(Set<String> missingTexts) {
        Set<String> missing = new HashSet<>(missingValues);
        missing.addAll(missingTexts);
        return fields.stream().map(f -> f.published(missing)).toList();
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
