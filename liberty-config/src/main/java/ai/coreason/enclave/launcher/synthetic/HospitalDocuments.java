package ai.coreason.enclave.launcher.synthetic;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The documents that go with the made-up records: the data package and the job. */
final class HospitalDocuments {
    /** The column that is predicted: 1 if the patient came back within 30 days. */
    static final String LABEL = "readmitted";

    private static final String DATASET = "hospitals";
    private static final double DELTA = 1e-3;

    private HospitalDocuments() {}

    static ObjectNode dataPackage() {
        ObjectNode out = Json.object().put("name", DATASET);
        out.put("description", "Made-up patients of four made-up hospitals; nobody's records.");
        ArrayNode resources = out.putArray("resources");
        for (Hospital hospital : SyntheticHospitals.HOSPITALS) {
            ObjectNode resource = resources
                    .addObject()
                    .put("name", hospital.node())
                    .put("path", hospital.file())
                    .put("format", "csv");
            resource.putObject("dialect").put("header", true);
            schema(resource.putObject("schema"));
            resource.putObject("coreason")
                    .put("data_owner", hospital.node().replace("node_", "owner_"))
                    .put("dataset_id", DATASET)
                    .put("privacy_unit", "record")
                    .put("declared_rows", hospital.declaredRows())
                    .put("delta", DELTA)
                    .put("epsilon_ceiling", 5.0)
                    .put("public", false);
        }
        return out;
    }

    private static void schema(ObjectNode schema) {
        ArrayNode fields = schema.putArray("fields");
        for (Factor factor : SyntheticHospitals.FACTORS) {
            ObjectNode field = fields.addObject().put("name", factor.name());
            if (factor.binary()) {
                binary(field);
            } else {
                field.put("type", "number")
                        .putObject("constraints")
                        .put("required", true)
                        .put("minimum", factor.minimum())
                        .put("maximum", factor.maximum());
            }
        }
        binary(fields.addObject().put("name", LABEL));
    }

    private static void binary(ObjectNode field) {
        field.put("type", "integer")
                .putObject("constraints")
                .put("required", true)
                .putArray("enum")
                .add(0)
                .add(1);
    }

    static ObjectNode job() {
        ObjectNode out = Json.object();
        ArrayNode clients = out.putArray("clients");
        SyntheticHospitals.HOSPITALS.forEach(h -> clients.add(h.node()));
        out.put("min_clients", 3).put("rounds", 10).put("strategy", "FED_AVG");
        out.putObject("privacy")
                .put("mechanism", "DP_SGD")
                .put("max_grad_norm", 1.0)
                .put("target_epsilon", 3.0)
                .put("target_delta", DELTA);
        ObjectNode dataset = out.putObject("dataset").put("name", DATASET);
        ArrayNode features = dataset.putArray("features");
        SyntheticHospitals.FACTORS.forEach(
                f -> features.addObject().put("field", f.name()).put("encode", f.binary() ? "identity" : "min_max"));
        dataset.putObject("label").put("field", LABEL).put("encode", "binary");
        out.putObject("training")
                .put("optimizer", "SGD")
                .put("learning_rate", 1.0)
                .put("local_steps", 10)
                .put("batch_size", 32);
        out.put("round_deadline_seconds", 120);
        out.put("purpose", "Predict readmission within 30 days, on made-up patients");
        model(out.putObject("model"));
        return out;
    }

    private static void model(ObjectNode model) {
        model.put("format", "coreason.graph/v1");
        model.putArray("inputs")
                .addObject()
                .put("name", "x")
                .put("dtype", "float32")
                .putArray("shape")
                .add(SyntheticHospitals.FACTORS.size());
        ObjectNode linear =
                model.putArray("nodes").addObject().put("name", "fc").put("op", "linear");
        linear.putArray("in").add("x");
        linear.put("out_features", 1).put("bias", true);
        model.put("output", "fc").put("loss", "bce_with_logits");
    }
}
