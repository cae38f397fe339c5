package ai.coreason.enclave.sentry;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A way to change one member of a document by its path. */
public final class Documents {
    private Documents() {}

    /** Sets the member at a path such as {@code dataset.features[0].field}; removes it where the value is empty. */
    public static ObjectNode with(ObjectNode document, String path, String value) {
        String[] steps = path.replaceAll("\\[(\\d+)]", ".$1").split("\\.");
        JsonNode parent = document;
        for (int i = 0; i < steps.length - 1; i++) {
            parent = parent.isArray() ? parent.get(Integer.parseInt(steps[i])) : parent.get(steps[i]);
        }
        String last = steps[steps.length - 1];
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(last), Json.read(value));
        } else if (value.isEmpty()) {
            ((ObjectNode) parent).remove(last);
        } else {
            ((ObjectNode) parent).set(last, Json.read(value));
        }
        return document;
    }
}
