package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The operators that a model may be made of. What is not listed is refused. */
public final class OperatorCatalogue {
    /** Reads an operator's attributes, and nothing else, from its node. */
    @FunctionalInterface
    private interface Reader {
        public Operator read(JsonFields fields, Operands in);
    }

    private static final Map<String, Reader> ALLOWED = new TreeMap<>(Map.ofEntries(
            Map.entry("adaptive_avg_pool1d", (fields, in) -> AdaptivePool.read(fields, in, 1)),
            Map.entry("adaptive_avg_pool2d", (fields, in) -> AdaptivePool.read(fields, in, 2)),
            Map.entry("add", (fields, in) -> Arithmetic.read("add", fields, in)),
            Map.entry("avg_pool1d", (fields, in) -> Pool.readAverage(fields, in, 1)),
            Map.entry("avg_pool2d", (fields, in) -> Pool.readAverage(fields, in, 2)),
            Map.entry("cat", Cat::read),
            Map.entry("conv1d", Convolution::read1d),
            Map.entry("conv2d", Convolution::read2d),
            Map.entry("dropout", Dropout::read),
            Map.entry("embedding", Embedding::read),
            Map.entry("flatten", Flatten::read),
            Map.entry("gelu", Activation::gelu),
            Map.entry("group_norm", GroupNorm::read),
            Map.entry("gru", Recurrent::readGru),
            Map.entry("layer_norm", LayerNorm::read),
            Map.entry("linear", Linear::read),
            Map.entry("lstm", Recurrent::readLstm),
            Map.entry("max_pool1d", (fields, in) -> Pool.readMax(fields, in, 1)),
            Map.entry("max_pool2d", (fields, in) -> Pool.readMax(fields, in, 2)),
            Map.entry("mean", Mean::read),
            Map.entry("mul", (fields, in) -> Arithmetic.read("mul", fields, in)),
            Map.entry("multi_head_attention", MultiHeadAttention::read),
            Map.entry("position_embedding", (fields, in) -> PositionEmbedding.read(in)),
            Map.entry("relu", (fields, in) -> Activation.relu(in)),
            Map.entry("select", Select::read),
            Map.entry("sigmoid", (fields, in) -> Activation.sigmoid(in)),
            Map.entry("softmax", Softmax::read),
            Map.entry("tanh", (fields, in) -> Activation.tanh(in)),
            Map.entry("transpose", Transpose::read)));

    private OperatorCatalogue() {}

    /**
     * Reads the operator {@code op} of a node.
     *
     * @throws InvalidDocument if it is not admitted, or its attributes or inputs do not fit
     */
    public static Operator read(JsonFields fields, Operands in) {
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
