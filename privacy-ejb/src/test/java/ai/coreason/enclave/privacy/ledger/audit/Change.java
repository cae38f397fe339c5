package ai.coreason.enclave.privacy.ledger.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One change of one member of a document, wherever it stands.
 *
 * @param what the member and what becomes of it
 * @param onto changes a copy of the document
 */
record Change(String what, Consumer<JsonNode> onto) {
    /** All single changes: each member by value, null and removal, each array by repetition and order. */
    static List<Change> all(JsonNode document) {
        List<Change> changes = new ArrayList<>();
        walk(document, "", root -> root, changes);
        return changes;
    }

    private static void walk(JsonNode node, String at, Function<JsonNode, JsonNode> find, List<Change> changes) {
        if (node.isObject()) {
            node.fieldNames().forEachRemaining(name -> {
                String path = at + "/" + name;
                JsonNode member = node.get(name);
                changes.add(
                        new Change(path + " removed", root -> object(find, root).remove(name)));
                changes.add(new Change(
                        path + " added to", root -> object(find, root).put(name + "_", 1)));
                replacements(member, path, v -> root -> object(find, root).set(name, v), changes);
                walk(member, path, root -> find.apply(root).get(name), changes);
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                int index = i;
                String path = at + "/" + i;
                changes.add(
                        new Change(path + " removed", root -> array(find, root).remove(index)));
                changes.add(new Change(
                        path + " repeated",
                        root -> array(find, root)
                                .insert(index, find.apply(root).get(index).deepCopy())));
                walk(node.get(i), path, root -> find.apply(root).get(index), changes);
            }
            if (node.size() > 1) {
                changes.add(new Change(at + " reordered", root -> {
                    ArrayNode array = array(find, root);
                    array.add(array.remove(0));
                }));
            }
        }
    }

    private static void replacements(
            JsonNode value, String path, Function<JsonNode, Consumer<JsonNode>> set, List<Change> changes) {
        if (!value.isNull()) {
            changes.add(new Change(path + " null", set.apply(NullNode.getInstance())));
        }
        if (!value.isContainerNode()) {
            changes.add(new Change(path + " of another value", set.apply(other(value))));
        }
    }

    private static JsonNode other(JsonNode value) {
        if (value.isIntegralNumber()) {
            return LongNode.valueOf(value.longValue() + 1);
        }
        if (value.isNumber()) {
            return DoubleNode.valueOf(value.doubleValue() == 0 ? 0.01 : value.doubleValue() * 0.99);
        }
        if (value.isBoolean()) {
            return BooleanNode.valueOf(!value.booleanValue());
        }
        if (value.isNull()) {
            return DoubleNode.valueOf(0.5);
        }
        String text = value.textValue();
        char last = text.charAt(text.length() - 1);
        return TextNode.valueOf(text.substring(0, text.length() - 1) + (last == '0' ? '1' : '0'));
    }

    private static ObjectNode object(Function<JsonNode, JsonNode> find, JsonNode root) {
        return (ObjectNode) find.apply(root);
    }

    private static ArrayNode array(Function<JsonNode, JsonNode> find, JsonNode root) {
        return (ArrayNode) find.apply(root);
    }
}
