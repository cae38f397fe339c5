package ai.coreason.enclave.sentry.audit;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;

/**
 * The details of an event, as short as the log stores them: the longest member of details that are longer stands by its digest,
 * {@code {"sha256", "characters"}}, and so on until the rest fits. The digest is over the member's canonical JSON (RFC 8785); of a
 * text, over its UTF-8.
 */
final class AuditDetails {
    /** Most characters of details. */
    static final int MAX_CHARACTERS = 7_000;
    /** A digest in place of a member is about as long. */
    private static final int SHORT = 120;

    private AuditDetails() {}

    static ObjectNode bounded(ObjectNode details) {
        ObjectNode out = details.deepCopy();
        while (length(out) > MAX_CHARACTERS) {
            Map.Entry<String, JsonNode> longest = out.properties().stream()
                    .max(Comparator.comparingInt(member -> length(member.getValue())))
                    .orElseThrow();
            int characters = length(longest.getValue());
            if (characters <= SHORT) {
                return out;
            }
            out.set(
                    longest.getKey(),
                    Json.object().put("sha256", digest(longest.getValue())).put("characters", characters));
        }
        return out;
    }

    private static String digest(JsonNode member) {
        return member.isTextual()
                ? Digests.sha256Hex(member.textValue().getBytes(StandardCharsets.UTF_8))
                : Json.digest(member);
    }

    private static int length(JsonNode node) {
        return new String(Json.write(node), StandardCharsets.UTF_8).length();
    }
}
