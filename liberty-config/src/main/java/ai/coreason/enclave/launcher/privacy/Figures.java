package ai.coreason.enclave.launcher.privacy;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/** How figures are shown: in full, so that reading them back gives the same double. */
final class Figures {
    private Figures() {}

    /** A figure as JSON, which has no infinity: null stands for "no finite figure". */
    static JsonNode json(double value) {
        return Double.isFinite(value) ? DoubleNode.valueOf(value) : NullNode.getInstance();
    }

    /** A figure in a cell: {@code Infinity} as it is, empty where there is none. */
    static String cell(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    /** One line of JSON. */
    static String line(ObjectNode node) {
        return new String(Json.write(node), StandardCharsets.UTF_8);
    }
}
