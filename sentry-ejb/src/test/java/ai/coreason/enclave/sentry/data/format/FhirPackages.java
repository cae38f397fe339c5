package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.data.DataResource;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Data packages of FHIR records for tests. */
public final class FhirPackages {
    private static final String PACKAGE = """
            {"resources": [
               {"name": "node_a", "path": "records", "format": "fhir",
                "schema": {"fields": [
                  {"name": "weight", "type": "number",
                   "constraints": {"required": true, "minimum": 0, "maximum": 500}},
                  {"name": "gender", "type": "string", "constraints": {"enum": ["female", "male", "other", "unknown"]}},
                  {"name": "conditions", "type": "integer"},
                  {"name": "hypertension", "type": "boolean"},
                  {"name": "latest", "type": "string"}]},
                "fhir": {
                  "resource": "Observation",
                  "where": "$.resource.code.coding[?(@.code == '29463-7')]",
                  "columns": {
                    "weight": "$.resource.valueQuantity.value",
                    "gender": "$.patient.Patient[0].gender",
                    "conditions": {"path": "$.patient.Condition[*]", "take": "count"},
                    "hypertension": {"path": "$.patient.Condition[*].code.coding[?(@.code == '38341003')]",
                                     "take": "exists"},
                    "latest": {"path": "$.patient.Condition[*].code.coding[0].code", "take": "last"}}},
                "coreason": {"data_owner": "o", "dataset_id": "d",
                             "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
            """;

    private FhirPackages() {}

    public static ObjectNode full() {
        return (ObjectNode) Json.read(PACKAGE);
    }

    public static DataResource resource() {
        return Packages.parse(full()).resources().get(0);
    }

    public static FhirTable table() {
        return (FhirTable) resource().format();
    }

    public static String patient(String id) {
        return "{\"resourceType\": \"Patient\", \"id\": \"%s\", \"gender\": \"female\"}%n".formatted(id);
    }

    public static String condition(String subject, String code) {
        return "{\"resourceType\": \"Condition\", \"subject\": {\"reference\": \"%s\"}, \"code\": {\"coding\": [{\"code\": \"%s\"}]}}%n"
                .formatted(subject, code);
    }

    /** A weight. */
    public static String observation(String id, String subject, String value) {
        return "{\"resourceType\": \"Observation\", \"id\": \"%s\", \"subject\": {\"reference\": \"%s\"}, \"code\": {\"coding\": [{\"code\": \"29463-7\"}]}, \"valueQuantity\": {\"value\": %s}}%n"
                .formatted(id, subject, value);
    }
}
