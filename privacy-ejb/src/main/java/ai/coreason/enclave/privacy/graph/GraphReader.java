package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.graph.operator.ElementType;
import ai.coreason.enclave.privacy.graph.operator.Operands;
import ai.coreason.enclave.privacy.graph.operator.Operands.Value;
import ai.coreason.enclave.privacy.graph.operator.Operator;
import ai.coreason.enclave.privacy.graph.operator.OperatorCatalogue;
import ai.coreason.enclave.privacy.graph.operator.Parameter;
import ai.coreason.enclave.privacy.graph.operator.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one {@code coreason.graph/v1} document, node by node, inferring shapes as it goes. Used once. */
final class GraphReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
    private static final int MAX_RANK = 8;

    private final JsonFields fields;
    private final Map<String, Value> values = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private long parameters;
    private long elements;
    private long workspace;

    GraphReader(JsonFields fields) {
        this.fields = fields;
    }

    ModelGraph read(JsonNode document) {
        fields.text("format", '"' + ModelGraph.FORMAT + '"', ModelGraph.FORMAT::equals);
        Input input = input();
        values.put(input.name(), new Value(input.type(), input.shape()));
        for (JsonFields node : array("nodes", 1, ModelGraph.MAX_NODES)) {
            nodes.add(node(node));
        }
        String output = fields.text(
                "output",
                "the name of a node",
                name -> nodes.stream().anyMatch(n -> n.name().equals(name)));
        checkEveryNodeCounts(output);
        LossKind loss = LossKind.named(fields.text("loss", LossKind.WORDS, s -> true), fields.at("loss"));
        Shape shape = values.get(output).shape();
        loss.misfit(shape).ifPresent(words -> {
            throw InvalidDocument.at(fields.at("output"), words + " for " + loss.wire(), "shape " + shape);
        });
        fields.end();
        return new ModelGraph(document, input, nodes, loss);
    }

    private Input input() {
        JsonFields in = array("inputs", 1, 1).get(0);
        String name = name(in);
        String dtype = in.text("dtype", "float32 or int64", s -> s.equals("float32") || s.equals("int64"));
        List<Long> extents = in.wholes("shape", 1, Shape.MAX_ELEMENTS);
        if (extents.isEmpty() || extents.size() > MAX_RANK || new Shape(extents).size() > Shape.MAX_ELEMENTS) {
            throw InvalidDocument.at(
                    in.at("shape"),
                    "1 to " + MAX_RANK + " extents, together at most " + Shape.MAX_ELEMENTS + " elements",
                    extents);
        }
        in.end();
        ElementType type = dtype.equals("int64") ? ElementType.INT64 : ElementType.FLOAT32;
        return new Input(name, type, new Shape(extents));
    }

    private Node node(JsonFields node) {
        String name = name(node);
        List<String> in = node.list("in", "an array of names", (v, at) -> reference(v, at));
        Operands operands = new Operands(in.stream().map(values::get).toList(), node.at("in"));
        SharedParameters.refuse(node);
        Operator operator = OperatorCatalogue.read(node, operands);
        boolean trainable = node.flag("trainable", true);
        node.end();
        count(operator, node);
        values.put(name, new Value(ElementType.FLOAT32, operator.output()));
        return new Node(name, operator, in, trainable);
    }

    private String name(JsonFields of) {
        String name = of.text(
                "name",
                "a letter or _ and up to 63 letters, digits or _",
                s -> NAME.matcher(s).matches());
        if (values.containsKey(name)) {
            throw InvalidDocument.at(of.at("name"), "a name that no other input or node has", '"' + name + '"');
        }
        return name;
    }

    private String reference(JsonNode v, String at) {
        if (!v.isTextual() || !values.containsKey(v.textValue())) {
            throw InvalidDocument.at(at, "the name of an input or an earlier node", JsonFields.describe(v));
        }
        return v.textValue();
    }

    private void count(Operator operator, JsonFields node) {
        long size = operator.output().size();
        elements += Math.min(size, Shape.MAX_ELEMENTS + 1);
        if (elements > Shape.MAX_ELEMENTS) {
            throw InvalidDocument.at(
                    node.at("op"),
                    "values of at most " + Shape.MAX_ELEMENTS + " elements per example over all nodes",
                    "one of shape " + operator.output());
        }
        for (Parameter parameter : operator.parameters()) {
            parameters += Math.min(parameter.shape().size(), ModelGraph.MAX_PARAMETERS + 1);
        }
        workspace += Math.min(operator.floatsPerExample(), ModelGraph.MAX_WORKSPACE + 1);
        if (workspace > ModelGraph.MAX_WORKSPACE) {
            throw InvalidDocument.at(
                    node.at("op"),
                    "work on one example within " + ModelGraph.MAX_WORKSPACE + " numbers over all nodes",
                    "more, with this node");
        }
        if (parameters > ModelGraph.MAX_PARAMETERS) {
            throw InvalidDocument.at(
                    node.at("op"),
                    "at most " + ModelGraph.MAX_PARAMETERS + " parameters over all nodes",
                    "more, with this node");
        }
    }

    private void checkEveryNodeCounts(String output) {
        Set<String> needed = new HashSet<>(Set.of(output));
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (!needed.contains(node.name())) {
                throw InvalidDocument.at(
                        fields.at("nodes") + "[" + i + "].name",
                        "a node that the output \"" + output + "\" depends on",
                        '"' + node.name() + '"');
            }
            needed.addAll(node.inputs());
        }
        if (nodes.stream().noneMatch(n -> n.trainable() && !n.parameters().isEmpty())) {
            throw InvalidDocument.at(fields.at("nodes"), "at least one node with trainable parameters", "none");
        }
    }

    private List<JsonFields> array(String name, int min, int max) {
        String words = min == max ? "an array of " + min + " object" : "an array of " + min + " to " + max + " objects";
        JsonNode v = fields.any(name, words);
        if (!v.isArray() || v.size() < min || v.size() > max) {
            throw InvalidDocument.at(
                    fields.at(name), words, v.isArray() ? v.size() + " elements" : JsonFields.describe(v));
        }
        return fields.objects(name);
    }
}
