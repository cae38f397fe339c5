package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** What {@code report.json} says: the job's end, its closed rounds and its nodes, as the Overseer answered. */
final class Report {
    /** The status of a job whose rounds are all done. */
    static final String COMPLETED = "COMPLETED";
    /** The status of a job that ended because too few nodes could pay its next round. */
    static final String HALTED = "HALTED_BUDGET";

    private static final List<String> JOB = List.of("job_id", "status", "reason", "strategy", "model_digest");
    private static final List<String> ROUND = List.of(
            "round",
            "participants",
            "duration_ms",
            "train_ms",
            "open_ms",
            "aggregate_ms",
            "update_bytes",
            "metrics",
            "hold_out");
    private static final List<String> NODE = List.of(
            "node_id",
            "declared_rows",
            "affordable_rounds",
            "epsilon",
            "delta",
            "limit",
            "noise_multiplier",
            "sampling_rate",
            "steps",
            "status",
            "reason");

    private Report() {}

    /**
     * Assembles the report.
     *
     * @param job the answer of {@code GET /jobs/{id}}
     * @param rounds the answer of {@code GET /jobs/{id}/rounds}
     * @param wallMillis from the command's start to the job's end
     * @param readyMillis from the command's start until every node was enrolled
     */
    static ObjectNode of(JsonNode job, JsonNode rounds, long wallMillis, long readyMillis) {
        ObjectNode out = picked(job, JOB);
        ArrayNode closed = out.putArray("rounds");
        for (JsonNode round : rounds) {
            if (round.path("state").asText().equals("CLOSED")) {
                closed.add(picked(round, ROUND));
            }
        }
        ArrayNode nodes = out.putArray("nodes");
        job.path("nodes").forEach(n -> nodes.add(picked(n, NODE)));
        return out.put("wall_ms", wallMillis).put("ready_ms", readyMillis);
    }

    /**
     * The report for people.
     *
     * @param planned the job's rounds
     */
    static String summary(JsonNode report, int planned) {
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "%s after %d of %d rounds, %.1f s (servers ready after %.1f s)%n",
                report.path("status").asText(),
                report.path("rounds").size(),
                planned,
                report.path("wall_ms").asLong() / 1000.0,
                report.path("ready_ms").asLong() / 1000.0));
        boolean completed = report.path("status").asText().equals(COMPLETED);
        if (!completed) {
            out.append("  NOT FINISHED: ").append(unfinished(report)).append(System.lineSeparator());
        }
        if (report.has("reason")) {
            out.append("  reason: ").append(report.path("reason").asText()).append(System.lineSeparator());
        }
        for (JsonNode n : report.path("nodes")) {
            String spent = n.path("epsilon").isNumber()
                    ? String.format(
                            Locale.ROOT,
                            "eps %.3f of %.3f at delta %s",
                            n.path("epsilon").asDouble(),
                            n.path("limit").asDouble(),
                            n.path("delta").asText())
                    : "no privacy mechanism";
            out.append(String.format(
                    Locale.ROOT,
                    "  %-20s %8d rows declared  %s  %s%n",
                    n.path("node_id").asText(),
                    n.path("declared_rows").asLong(),
                    spent,
                    n.path("status").asText()));
        }
        if (!completed && charged(report)) {
            out.append("  a node is charged before it trains, so a round that was not finished costs it as well")
                    .append(System.lineSeparator());
        }
        return out.append(completed ? "  model " : "  model so far ")
                .append(report.path("model_digest").asText())
                .toString();
    }

    private static String unfinished(JsonNode report) {
        int rounds = report.path("rounds").size();
        return rounds == 0
                ? "no round was completed; " + OutFolder.MODEL + " is the initial model"
                : OutFolder.MODEL + " is the model after round " + rounds;
    }

    private static boolean charged(JsonNode report) {
        for (JsonNode node : report.path("nodes")) {
            if (node.path("epsilon").asDouble() > 0) {
                return true;
            }
        }
        return false;
    }

    private static ObjectNode picked(JsonNode from, List<String> members) {
        ObjectNode out = Json.object();
        for (String member : members) {
            if (from.has(member)) {
                out.set(member, from.get(member));
            }
        }
        return out;
    }
}
