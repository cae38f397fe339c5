package ai.coreason.enclave.sentry.data;

import ai.coreason.enclave.base.InvalidDocument;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Refuses members of a data package that are stated as null: null is not the same as left out, and what a writer means by
 * it would be guessed. Only commentary may be null, and in a dialect what there may be none of.
 */
final class StatedNulls {
    private static final Set<String> NONE_OF_A_DIALECT =
            Set.of("quoteChar", "escapeChar", "commentChar", "nullSequence");

    /** Members that only describe, but for those that are named freely in {@code columns} and {@code tensors}. */
    private static final Set<String> COMMENTARY = Stream.concat(
                    DataPackage.COMMENTARY.stream(),
                    Stream.of("mediatype", "example", "examples", "rdfType", "csvddfVersion"))
            .collect(Collectors.toUnmodifiableSet());

    private StatedNulls() {}

    /**
     * Looks through a document.
     *
     * @throws InvalidDocument naming the first member that is null and may not be
     */
    static void refuse(JsonNode node, String path) {
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            refuse(node.get(i), path + "[" + i + "]");
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            String name = member.getKey();
            String at = (path.isEmpty() ? "" : path + ".") + InvalidDocument.shown(name);
            boolean free = path.endsWith(".columns") || path.endsWith(".tensors");
            boolean allowed = path.endsWith(".dialect") && NONE_OF_A_DIALECT.contains(name);
            if (!free && COMMENTARY.contains(name) || allowed) {
                continue;
            }
            if (member.getValue().isNull()) {
                throw InvalidDocument.at(at, "a value, or the member left out", "null");
            }
            refuse(member.getValue(), at);
        }
    }
}
