package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The public dictionary of a dataset: what its columns or tensors mean. A node tells it when it enrols, so that a job over
 * sites whose dictionaries differ can be refused before it begins.
 *
 * <p>In JSON, fields that differ in their name alone stand together, so that the many columns of a wide table take little
 * more than their names.
 *
 * @param fields none twice; 1 to 20,000
 */
public record PublicDictionary(List<PublicField> fields) {
    /** Longest canonical form, bytes. */
    public static final int MAX_BYTES = 512 << 10;

    private static final int MAX_FIELDS = 20_000;

    /**
     * Copies the list.
     *
     * @throws InvalidDocument if there is no field, there are too many, one is there twice, or all are too long
     */
    public PublicDictionary {
        fields = List.copyOf(fields);
        if (fields.isEmpty() || fields.size() > MAX_FIELDS) {
            throw InvalidDocument.at("dictionary", "1 to " + MAX_FIELDS + " fields", fields.size());
        }
        Set<String> names = new HashSet<>();
        for (PublicField field : fields) {
            if (!names.add(field.name())) {
                throw InvalidDocument.at("dictionary", "every field once", field.name());
            }
        }
        int bytes = Json.canonical(json(fields)).length;
        if (bytes > MAX_BYTES) {
            throw InvalidDocument.at("dictionary", "at most " + MAX_BYTES + " bytes", bytes);
        }
    }

    /**
     * Reads an array of fields.
     *
     * @throws InvalidDocument naming the first member that does not fit
     */
    public static PublicDictionary parse(JsonFields f, String name) {
        return new PublicDictionary(f.list(name, "an array of fields", PublicField::read).stream()
                .flatMap(List::stream)
                .toList());
    }

    /** Reads what {@link #json} wrote. */
    public static PublicDictionary parse(JsonNode array) {
        return parse(JsonFields.of(Json.object().set("dictionary", array), ""), "dictionary");
    }

    /** The field of that name. */
    public Optional<PublicField> field(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    /** The dictionary as JSON: an array of fields that differ in their name alone. */
    public ArrayNode json() {
        return json(fields);
    }

    private static ArrayNode json(List<PublicField> fields) {
        Map<PublicField, List<String>> alike = new LinkedHashMap<>();
        fields.forEach(
                f -> alike.computeIfAbsent(f.named(""), k -> new ArrayList<>()).add(f.name()));
        ArrayNode out = Json.object().putArray("dictionary");
        alike.forEach((field, names) -> out.add(field.json(names)));
        return out;
    }
}
