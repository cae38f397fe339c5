package ai.coreason.enclave.sentry.data.schema;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import ai.coreason.enclave.sentry.contract.PublicField;
import ai.coreason.enclave.sentry.tensor.DType;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One source of a Data Package: where it lies, how it is read, and what its owner registered.
 *
 * @param name the resource's name, which is the node's id in a simulation
 * @param path where the file lies, or for FHIR the folder of files, relative to the package's folder, with forward slashes
 * @param content how it is read
 * @param dataset what its owner registered
 */
public record DataResource(String name, String path, Content content, Dataset dataset) {
    /** Members that only describe. */
    private static final List<String> COMMENTARY = List.of(
            "title",
            "description",
            "mediatype",
            "profile",
            "$schema",
            "homepage",
            "sources",
            "licenses",
            "contributors",
            "keywords",
            "version",
            "created",
            "$comment");

    private static final List<String> FORMATS = List.of("csv", "safetensors", "fhir");

    /** How a file is read. */
    public sealed interface Content permits Table, Tensors, FhirTable {}

    /**
     * A CSV file.
     *
     * @param dialect how it is written
     * @param schema its columns
     */
    public record Table(Dialect dialect, TableSchema schema) implements Content {}

    /**
     * A safetensors file.
     *
     * @param tensors its tensors by name, in the package's order; at least one
     */
    public record Tensors(Map<String, TensorSchema> tensors) implements Content {
        /** Copies the map and keeps its order. */
        public Tensors {
            tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        }

        private boolean numbersUnits(String name) {
            TensorSchema tensor = tensors.get(name);
            return tensor != null
                    && tensor.exampleShape().isEmpty()
                    && tensor.dtype().whole()
                    && tensor.dtype() != DType.BOOL;
        }
    }

    /**
     * What its columns or tensors mean to whoever trains on several sites' resources: all of them that a job can name, so
     * not the one that says whose a record is.
     */
    public PublicDictionary dictionary() {
        Stream<PublicField> all = content instanceof Tensors tensors
                ? tensors.tensors().entrySet().stream().map(e -> e.getValue().published(e.getKey()))
                : columns();
        return new PublicDictionary(all.filter(f -> !namesUnits(f.name())).toList());
    }

    private Stream<PublicField> columns() {
        TableSchema schema = content instanceof Table table ? table.schema() : ((FhirTable) content).schema();
        Set<String> missing = new HashSet<>(schema.missingValues());
        if (content instanceof Table table) {
            table.dialect().nullSequence().ifPresent(missing::add);
        }
        return schema.fields().stream().map(f -> f.published(missing));
    }

    /** Whether a column or tensor says whose a record is. */
    public boolean namesUnits(String name) {
        return name.equals(dataset.unit().column()) || content instanceof FhirTable && name.equals(FhirTable.PATIENT);
    }

    /** Reads a resource; members that only describe are passed over, every other that is not understood is refused. */
    static DataResource read(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        String name = f.identifier("name");
        if (f.has("data")) {
            throw InvalidDocument.notAllowed(f.at("data"), "here: name one plain file in path");
        }
        String file =
                f.text("path", "a relative path of a file, without .. and with forward slashes", PackageFolder::isSafe);
        Content content = readContent(f);
        requireForm(f, content);
        JsonFields coreason = f.object("coreason");
        Dataset dataset = content instanceof FhirTable
                ? Dataset.parse(coreason, FhirTable.DEFAULT_UNIT)
                : Dataset.parse(coreason);
        coreason.end();
        requireUnit(dataset.unit().column(), content, coreason.at("privacy_unit"));
        COMMENTARY.forEach(f::has);
        f.end();
        return new DataResource(name, file, content, dataset);
    }

    /** Members that say again how the file is written. */
    private static void requireForm(JsonFields f, Content content) {
        if (f.has("compression") && !(content instanceof Tensors)) {
            f.text("compression", "gz", "gz"::equals);
        }
        if (f.has("scheme")) {
            f.text("scheme", "file", "file"::equals);
        }
        if (f.has("type")) {
            f.text("type", "table", "table"::equals);
        }
        if (f.has("encoding")) {
            f.text("encoding", "utf-8", s -> s.equalsIgnoreCase("utf-8") || s.equalsIgnoreCase("utf8"));
        }
    }

    private static Content readContent(JsonFields f) {
        String format = f.text("format", "csv, safetensors or fhir", FORMATS::contains);
        return switch (format) {
            case "csv" -> readTable(f);
            case "fhir" -> FhirTable.read(f);
            default -> readTensors(f);
        };
    }

    private static Table readTable(JsonFields f) {
        Dialect dialect = f.optionalObject("dialect").map(Dialect::read).orElse(Dialect.DEFAULT);
        TableSchema schema = TableSchema.read(f.object("schema"));
        dialect.nullSequence()
                .ifPresent(text -> TableSchema.requireNoValue(schema.fields(), text, f.at("dialect.nullSequence")));
        return new Table(dialect, schema);
    }

    private static Tensors readTensors(JsonFields f) {
        JsonFields tensors = f.object("tensors");
        Map<String, TensorSchema> read = new LinkedHashMap<>();
        tensors.rest().forEach((name, v) -> read.put(name, TensorSchema.read(JsonFields.of(v, tensors.at(name)))));
        if (read.isEmpty()) {
            throw InvalidDocument.at(f.at("tensors"), "at least one tensor", "none");
        }
        return new Tensors(read);
    }

    private static void requireUnit(String column, Content content, String path) {
        boolean record = column.isEmpty();
        if (content instanceof Table table && !record) {
            requireNames(table.schema(), column, path + ".column");
        }
        if (content instanceof Tensors tensors && !record && !tensors.numbersUnits(column)) {
            throw InvalidDocument.at(path + ".column", "a tensor of dtype I64, I32 or U8 and shape [null]", column);
        }
        if (content instanceof FhirTable table) {
            if (!record && !column.equals(FhirTable.PATIENT)) {
                throw InvalidDocument.at(path + ".column", FhirTable.PATIENT, column);
            }
            if (record && table.patientTypes().contains(table.resource())) {
                throw InvalidDocument.at(path, "the patient, as $.patient." + table.resource() + " is read", "record");
            }
        }
    }

    /** Two texts that state one number, or one truth value, would make two units one. */
    private static void requireNames(TableSchema schema, String column, String path) {
        Field field = schema.field(column).orElseThrow(() -> InvalidDocument.at(path, "a field of the schema", column));
        if (field.type() == FieldType.NUMBER || field.type() == FieldType.BOOLEAN) {
            throw InvalidDocument.at(
                    path,
                    "a field of type string or integer, as others make one of different names",
                    column + " of type " + field.type().wire());
        }
    }
}
