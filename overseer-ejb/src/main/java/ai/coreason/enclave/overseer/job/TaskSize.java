package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.FederationJob;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.Map;

/** How large a job may be so that nodes can read the task that carries it: they read as much JSON of an Overseer as it reads of others. */
public final class TaskSize {
    /** Most bytes of a task. */
    private static final int MAX_BYTES = 8 << 20;
    /** What a task has beside its job: plan, digests, nonce, key. */
    private static final int OWN_TOKENS = 1_000;

    private static final int OWN_BYTES = 64 << 10;

    private TaskSize() {}

    /**
     * Refuses a job whose task no node could read.
     *
     * @throws InvalidDocument naming its largest member, the limit and what came
     */
    public static void require(FederationJob job) {
        JsonNode document = job.json();
        long most = Json.MAX_FOREIGN_TOKENS - OWN_TOKENS;
        long tokens = tokens(document);
        if (tokens > most) {
            throw InvalidDocument.at(
                    largest(document),
                    "a job of at most " + most + " JSON tokens, so that its task can be read by nodes",
                    tokens + " tokens, most of them here");
        }
        int bytes = Json.write(document).length;
        if (bytes > MAX_BYTES - OWN_BYTES) {
            throw InvalidDocument.at(
                    largest(document),
                    "a job of at most " + (MAX_BYTES - OWN_BYTES) + " bytes, so that its task can be read by nodes",
                    bytes + " bytes");
        }
    }

    private static String largest(JsonNode document) {
        return document.properties().stream()
                .max(Comparator.comparingLong(member -> tokens(member.getValue())))
                .map(Map.Entry::getKey)
                .orElse("");
    }

    /** What a parser counts: values, names, and both ends of arrays and objects. */
    private static long tokens(JsonNode node) {
        long count = node.isContainerNode() ? 2 : 1;
        for (JsonNode child : node) {
            count += tokens(child) + (node.isObject() ? 1 : 0);
        }
        return count;
    }
}
