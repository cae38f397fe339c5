package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.data.schema.Field;
import ai.coreason.enclave.sentry.data.schema.FieldType;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A CSV file.
 *
 * @param dialect how it is written
 * @param schema its columns
 */
public record CsvTable(Dialect dialect, TableSchema schema) implements RecordFormat {
    /** Reads the members {@code dialect} and {@code schema} of a resource. */
    static CsvTable read(JsonFields f) {
        Dialect dialect = f.optionalObject("dialect").map(Dialect::read).orElse(Dialect.DEFAULT);
        TableSchema schema = TableSchema.read(f.object("schema"));
        dialect.nullSequence()
                .ifPresent(text -> TableSchema.requireNoValue(schema.fields(), text, f.at("dialect.nullSequence")));
        return new CsvTable(dialect, schema);
    }

    @Override
    public TableSchema layout() {
        return schema;
    }

    @Override
    public Findings read(List<Path> files, RecordSink sink) throws IOException {
        return TableReader.read(files.get(0), this, sink::row);
    }

    @Override
    public Set<String> missingTexts() {
        return dialect.nullSequence().map(Set::of).orElse(Set.of());
    }

    /** Two texts that state one number, or one truth value, would make two units one. */
    @Override
    public void requireUnit(PrivacyUnit unit, String path) {
        String column = unit.column();
        if (column.isEmpty()) {
            return;
        }
        Optional<Field> field = schema.field(column);
        if (field.isEmpty()) {
            throw InvalidDocument.at(path + ".column", "a field of the schema", column);
        }
        FieldType type = field.get().type();
        if (type == FieldType.NUMBER || type == FieldType.BOOLEAN) {
            throw InvalidDocument.at(
                    path + ".column",
                    "a field of type string or integer, as others make one of different names",
                    column + " of type " + type.wire());
        }
    }
}
