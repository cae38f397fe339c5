package ai.coreason.enclave.launcher.simulation;

import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * How a simulated job went: what {@code report.json} holds and what a person reads at the end.
 *
 * @param json the report
 */
record Report(ObjectNode json) {
    private static final Set<String> GOOD_ENDS = Set.of("COMPLETED", "HALTED_BUDGET");

    /**
     * Puts a report together.
     *
     * @param job as {@code GET /jobs/{id}} answers
     * @param rounds as {@code GET /jobs/{id}/rounds} answers
     * @param accuracies on the hold-out by round; empty without one
     * @param readyMillis until all servers were ready
     * @param wallMillis until the job had ended
     */
    static Report of(
            JsonNode job, JsonNode rounds, Map<Integer, Double> accuracies, long readyMillis, long wallMillis) {
        ObjectNode json = Json.object();
        for (String member : new String[] {"job_id", "job_digest", "status", "reason", "strategy", "model_digest"}) {
            if (job.hasNonNull(member)) {
                json.set(member, job.get(member));
            }
        }
        ArrayNode told = json.putArray("rounds");
        for (JsonNode round : rounds) {
            ObjectNode copy = told.addObject();
            copy.setAll((ObjectNode) round.deepCopy());
            Double accuracy = accuracies.get(round.path("round").asInt());
            if (accuracy != null && round.path("state").asText().equals("CLOSED")) {
                copy.put("holdout_accuracy", accuracy);
            }
        }
        json.set("nodes", job.path("nodes"));
        return new Report(json.put("wall_ms", wallMillis).put("ready_ms", readyMillis));
    }

    /** The job's last state. */
    String status() {
        return json.path("status").asText();
    }

    /** Whether the job ended as jobs should. */
    boolean good() {
        return GOOD_ENDS.contains(status());
    }

    /** The summary for a person: state, time, and a table of the nodes. */
    String text(OptionalDouble accuracy, OptionalDouble majority) {
        long closed = 0;
        for (JsonNode round : json.path("rounds")) {
            closed += round.path("state").asText().equals("CLOSED") ? 1 : 0;
        }
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s after %d rounds in %.1f s (servers ready after %.1f s)%s%n",
                status(),
                closed,
                json.path("wall_ms").asLong() / 1000.0,
                json.path("ready_ms").asLong() / 1000.0,
                json.hasNonNull("reason") ? ": " + json.path("reason").asText() : ""));
        text.append(
                String.format("%-20s %8s %8s %14s %10s  %s%n", "node", "rows", "steps", "ε / limit", "δ", "status"));
        for (JsonNode node : json.path("nodes")) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-20s %8d %8d %14s %10s  %s%n",
                    node.path("node_id").asText(),
                    node.path("declared_rows").asLong(),
                    node.path("steps").asLong(),
                    Progress.epsilon(node).replace("/", " / "),
                    node.path("delta").asText("-"),
                    node.path("status").asText()));
        }
        accuracy.ifPresent(a -> text.append(String.format(
                Locale.ROOT, "hold-out accuracy %.3f (guessing the commonest class: %.3f)%n", a, majority.orElse(0))));
        return text.toString();
    }
}
