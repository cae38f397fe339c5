package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.graph.operator.Embedding;
import ai.coreason.enclave.privacy.graph.operator.Operands;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A model's architecture: a directed acyclic graph of admitted operators over one input, its output and its loss, read
 * from the document {@code coreason.graph/v1}. Shapes are without the batch dimension. Immutable and thread-safe.
 */
public final class ModelGraph {
    /** The document's {@code format}. */
    public static final String FORMAT = "coreason.graph/v1";

    /** Most nodes of a graph. */
    public static final int MAX_NODES = Operands.MOST;

    /** Most parameters of a graph, in elements. */
    public static final long MAX_PARAMETERS = 100_000_000;

    /** Most numbers in memory for the gradient of one example, beyond the values: patches and gradients of its own. */
    static final long MAX_WORKSPACE = 1L << 28;

    private final JsonNode json;
    private final Input input;
    private final List<Node> nodes;
    private final LossKind loss;
    private final List<ParameterSpec> parameters;

    ModelGraph(JsonNode json, Input input, List<Node> nodes, LossKind loss) {
        this.json = json;
        this.input = input;
        this.nodes = List.copyOf(nodes);
        this.loss = loss;
        this.parameters = nodes.stream().flatMap(n -> n.parameters().stream()).toList();
    }

    /**
     * Reads and admits a graph.
     *
     * @param json the document
     * @param path where it stands, such as {@code model}; empty for a document of its own
     * @throws InvalidDocument naming the first field that does not fit
     */
    public static ModelGraph parse(JsonNode json, String path) {
        return new GraphReader(JsonFields.of(json, path)).read(json.deepCopy());
    }

    /** The document as it came; a copy. */
    public JsonNode json() {
        return json.deepCopy();
    }

    /** Lower-case hex SHA-256 over the RFC 8785 canonical form of the document. */
    public String digest() {
        return Json.digest(json);
    }

    /** What the model takes. */
    public Input input() {
        return input;
    }

    /** How many different whole numbers the input may hold, from 0, if it holds whole numbers: those of every table. */
    public OptionalLong tokens() {
        return nodes.stream()
                .map(Node::operator)
                .filter(Embedding.class::isInstance)
                .mapToLong(e -> ((Embedding) e).rows())
                .min();
    }

    /** The steps in the order in which they can be computed; the output depends on each. */
    public List<Node> nodes() {
        return nodes;
    }

    /** The node whose value is the model's output. */
    public Node output() {
        return nodes.stream()
                .filter(n -> n.name().equals(json.get("output").textValue()))
                .findFirst()
                .orElseThrow();
    }

    /** The shape of the output of one example; a copy. */
    public long[] outputShape() {
        return output().operator().output().extents().stream()
                .mapToLong(Long::longValue)
                .toArray();
    }

    /** The loss of one example. */
    public LossKind loss() {
        return loss;
    }

    /** All parameters in the order of PyTorch's {@code state_dict}; at least one is trainable. */
    public List<ParameterSpec> parameters() {
        return parameters;
    }

    /** The parameter of that name. */
    public Optional<ParameterSpec> parameter(String name) {
        return parameters.stream().filter(p -> p.name().equals(name)).findFirst();
    }

    /** The number of elements of all parameters, at most {@link #MAX_PARAMETERS}. */
    public long parameterCount() {
        return parameters.stream().mapToLong(ParameterSpec::size).sum();
    }

    /** About how many floats the gradient of one example takes in memory: values, their gradients and patches. */
    public long floatsPerExample() {
        long floats = 2 * input.shape().size();
        for (Node node : nodes) {
            floats += 3 * node.operator().output().size() + node.operator().floatsPerExample();
        }
        return floats;
    }
}
