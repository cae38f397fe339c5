package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.schema.Field;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import ai.coreason.enclave.sentry.data.schema.Tensors;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Data packages for tests. */
public final class Packages {
    private static final String PACKAGE = """
            {"name": "p", "title": "a description that is passed over", "licenses": [],
             "resources": [
               {"name": "node_a", "path": "a.csv", "format": "csv", "mediatype": "text/csv",
                "dialect": {"header": true, "delimiter": ","},
                "schema": {"primaryKey": "id", "missingValues": ["", "?"], "fields": [
                  {"name": "id", "type": "string", "constraints": {"unique": true, "minLength": 2, "maxLength": 4}},
                  {"name": "age", "type": "number", "title": "Age in years",
                   "constraints": {"required": true, "minimum": 0, "maximum": 120}},
                  {"name": "grade", "type": "string", "constraints": {"enum": ["low", "high"]}},
                  {"name": "smoker", "type": "boolean"},
                  {"name": "label", "type": "integer", "constraints": {"required": true, "enum": [0, 1]}}]},
                "coreason": {"data_owner": "o", "dataset_id": "d", "privacy_unit": "record",
                             "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 5.0, "public": false}},
               {"name": "node_b", "path": "sub/b.safetensors", "format": "safetensors",
                "tensors": {"x": {"dtype": "U8", "shape": [null, 2, 2], "minimum": 0, "maximum": 100},
                            "y": {"dtype": "U8", "shape": [null], "maximum": 9}},
                "coreason": {"data_owner": "o", "dataset_id": "e", "privacy_unit": "record",
                             "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 2.5}}]}
            """;

    private Packages() {}

    public static ObjectNode full() {
        return (ObjectNode) Json.read(PACKAGE);
    }

    public static DataPackage parse(ObjectNode json) {
        return DataPackage.parse(json, Path.of("."));
    }

    public static CsvTable table() {
        return (CsvTable) parse(full()).resources().get(0).format();
    }

    public static Tensors tensors() {
        return (Tensors) parse(full()).resources().get(1).format().layout();
    }

    /** A table of text columns of these names. */
    public static CsvTable texts(Dialect dialect, List<String> names) {
        List<Field> fields = names.stream().map(n -> Field.text(n)).toList();
        return new CsvTable(dialect, new TableSchema(fields, Set.of()));
    }
}
