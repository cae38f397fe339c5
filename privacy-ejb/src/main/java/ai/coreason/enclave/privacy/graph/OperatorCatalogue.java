package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.JsonFields;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The operators that a model may be made of. What is not listed is refused. */
final class OperatorCatalogue {
    /** Reads an operator's attributes, and nothing else, from its node. */
    @FunctionalInterface
    private interface Reader {
        Operator read(JsonFields fields, Operands in);
    }

    private static final Map<String, Reader> ALLOWED = new TreeMap<>(Map.ofEntries(
            Map.entry("conv2d", Conv2d::read),
            Map.entry("flatten", Flatten::read),
            Map.entry("linear", Linear::read),
            Map.entry("max_pool2d", MaxPool2d::read),
            Map.entry("relu", (fields, in) -> Activation.relu(in)),
            Map.entry("sigmoid", (fields, in) -> Activation.sigmoid(in)),
            Map.entry("tanh", (fields, in) -> Activation.tanh(in))));

    private OperatorCatalogue() {}

    /**
     * Reads the operator {@code op} of a node.
     *
     * @throws InvalidDocument if it is not admitted, or its attributes or inputs do not fit
     */
    static Operator read(JsonFields fields, Operands in) {
        String op = fields.text("op");
        if (op.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "").contains("batchnorm")) {
            throw InvalidDocument.at(
                    fields.at("op"),
                    "an operator that treats each example on its own, such as group_norm or layer_norm"
                            + " (batch normalisation mixes the samples of a batch, so no example's influence is bounded)",
                    '"' + op + '"');
        }
        Reader reader = ALLOWED.get(op);
        if (reader == null) {
            throw InvalidDocument.at(fields.at("op"), "one of " + String.join(", ", ALLOWED.keySet()), '"' + op + '"');
        }
        return reader.read(fields, in);
    }
}
