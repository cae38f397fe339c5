package ai.coreason.enclave.sentry.data.schema;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.PublicField;
import ai.coreason.enclave.sentry.tensor.DType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tensors of which each holds one part of every example.
 *
 * @param tensors by name, in the owner's order; at least one
 */
public record Tensors(Map<String, TensorSchema> tensors) implements Layout {
    /** Copies the map and keeps its order. */
    public Tensors {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** Reads the member {@code tensors} of a resource. */
    public static Tensors read(JsonFields resource) {
        JsonFields tensors = resource.object("tensors");
        Map<String, TensorSchema> read = new LinkedHashMap<>();
        tensors.rest().forEach((name, v) -> read.put(name, TensorSchema.read(JsonFields.of(v, tensors.at(name)))));
        if (read.isEmpty()) {
            throw InvalidDocument.at(resource.at("tensors"), "at least one tensor", "none");
        }
        return new Tensors(read);
    }

    @Override
    public List<PublicField> published(Set<String> missingTexts) {
        return tensors.entrySet().stream()
                .map(e -> e.getValue().published(e.getKey()))
                .toList();
    }

    /** Whether a tensor has a whole number for each example, which can say whose it is. */
    public boolean numbersUnits(String name) {
        TensorSchema tensor = tensors.get(name);
        return tensor != null
                && tensor.exampleShape().isEmpty()
                && tensor.dtype().whole()
                && tensor.dtype() != DType.BOOL;
    }
}
