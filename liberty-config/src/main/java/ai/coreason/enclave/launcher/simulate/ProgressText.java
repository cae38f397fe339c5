package ai.coreason.enclave.launcher.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A job's progress as lines for people: each closed round once, each node that leaves once. Not thread-safe. */
final class ProgressText {
    private final Set<String> told = new HashSet<>();

    /**
     * The lines that are new since the last call.
     *
     * @param job the answer of {@code GET /jobs/{id}}
     * @param rounds the answer of {@code GET /jobs/{id}/rounds}
     */
    List<String> update(JsonNode job, JsonNode rounds) {
        List<String> lines = new ArrayList<>();
        for (JsonNode round : rounds) {
            String attempt =
                    round.path("round").asText() + "." + round.path("attempt").asText();
            for (JsonNode d : round.path("declined")) {
                String who = d.path("node_id").asText();
                if (told.add(attempt + " " + who)) {
                    lines.add("round " + round.path("round").asText() + "  " + who + " out: "
                            + d.path("reason").asText());
                }
            }
            if (round.path("state").asText().equals("CLOSED") && told.add(attempt)) {
                lines.add(closed(job, round, rounds));
            }
            if (round.path("state").asText().equals("ABANDONED") && told.add(attempt)) {
                lines.add("round " + round.path("round").asText() + "  attempt "
                        + round.path("attempt").asText() + " abandoned");
            }
        }
        for (JsonNode node : job.path("nodes")) {
            String status = node.path("status").asText()
                    + (node.has("reason") ? ": " + node.path("reason").asText() : "");
            if (node.has("reason") && told.add(node.path("node_id").asText() + " " + status)) {
                lines.add(node.path("node_id").asText() + " " + status);
            }
        }
        return lines;
    }

    private static String closed(JsonNode job, JsonNode round, JsonNode rounds) {
        long total = job.path("rounds_total").asLong();
        long number = round.path("round").asLong();
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "round %d/%d  %d in  %.1f s",
                number,
                total,
                round.path("participants").size(),
                round.path("duration_ms").asLong() / 1000.0));
        round.path("metrics")
                .properties()
                .forEach(m -> line.append(String.format(
                        Locale.ROOT, "  %s %.3f", m.getKey(), m.getValue().asDouble())));
        JsonNode score = round.path("hold_out");
        String name = score.has("accuracy") ? "accuracy" : "loss";
        if (score.path(name).isNumber()) {
            line.append(String.format(
                    Locale.ROOT, "  hold-out %s %.3f", name, score.path(name).asDouble()));
        }
        String epsilons = epsilons(job);
        line.append(epsilons.isEmpty() ? "" : "  eps " + epsilons);
        double left = (total - number) * meanSeconds(rounds);
        return line
                + (number == total
                        ? "  the last: the Overseer ends the job, within about 5 s"
                        : String.format(Locale.ROOT, "  about %.0f s left", left));
    }

    private static String epsilons(JsonNode job) {
        List<String> parts = new ArrayList<>();
        for (JsonNode node : job.path("nodes")) {
            if (node.path("epsilon").isNumber()) {
                parts.add(String.format(
                        Locale.ROOT,
                        "%s %.2f/%.2f",
                        node.path("node_id").asText(),
                        node.path("epsilon").asDouble(),
                        node.path("limit").asDouble()));
            }
        }
        return String.join(" ", parts);
    }

    private static double meanSeconds(JsonNode rounds) {
        double sum = 0;
        int count = 0;
        for (JsonNode round : rounds) {
            if (round.path("state").asText().equals("CLOSED")) {
                sum += round.path("duration_ms").asLong() / 1000.0;
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }
}
