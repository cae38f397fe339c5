package ai.coreason.enclave.launcher.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What a person sees while a job runs: one line for each round that ended, one for each node that left, and on a terminal
 * a last line that is drawn over. Not thread-safe.
 */
final class Progress {
    private static final int FEW = 6;
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean terminal;
    private final Set<String> told = new HashSet<>();

    /**
     * @param terminal whether the last line may be drawn over
     */
    Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A line of its own. */
    void say(String line) {
        out.println((terminal ? ERASE : "") + line);
        out.flush();
    }

    /** The line that is drawn over; nothing in a pipe. */
    void status(String line) {
        if (terminal) {
            out.print(ERASE + line);
            out.flush();
        }
    }

    /**
     * Tells what is new in a job.
     *
     * @param job as {@code GET /jobs/{id}} answers
     * @param rounds as {@code GET /jobs/{id}/rounds} answers
     * @param accuracy of the newest model on the hold-out, where there is one
     * @return whether a round ended since the last call
     */
    boolean tell(JsonNode job, JsonNode rounds, OptionalDouble accuracy) {
        boolean ended = false;
        for (JsonNode round : rounds) {
            String state = round.path("state").asText();
            String key =
                    round.path("round").asInt() + "." + round.path("attempt").asInt();
            if (!state.equals("CLOSED") && !state.equals("ABANDONED")) {
                status(openLine(job, round));
            } else if (told.add(key)) {
                say(roundLine(job, rounds, round, accuracy));
                ended = true;
            }
        }
        for (JsonNode node : job.path("nodes")) {
            String status = node.path("status").asText();
            if (!status.equals("ACTIVE")
                    && told.add("left " + node.path("node_id").asText())) {
                say("  left: " + node.path("node_id").asText() + " " + status
                        + (node.has("reason") ? " (" + node.path("reason").asText() + ")" : ""));
            }
        }
        return ended;
    }

    private static String openLine(JsonNode job, JsonNode round) {
        return String.format(
                Locale.ROOT,
                "round %d/%d open: %d of %d in",
                round.path("round").asInt(),
                job.path("rounds_total").asInt(),
                round.path("participants").size(),
                job.path("nodes").size());
    }

    private static String roundLine(JsonNode job, JsonNode rounds, JsonNode round, OptionalDouble accuracy) {
        int number = round.path("round").asInt();
        int total = job.path("rounds_total").asInt();
        StringBuilder line = new StringBuilder(
                String.format(Locale.ROOT, "round %" + Integer.toString(total).length() + "d/%d  ", number, total));
        if (round.path("state").asText().equals("ABANDONED")) {
            line.append("abandoned, attempt ")
                    .append(round.path("attempt").asInt())
                    .append("  ");
        }
        line.append("in: ").append(names(round.path("participants")));
        for (JsonNode out : round.path("declined")) {
            line.append("  out: ")
                    .append(out.path("node_id").asText())
                    .append(" (")
                    .append(out.path("reason").asText())
                    .append(')');
        }
        line.append("  ε ").append(epsilons(job));
        accuracy.ifPresent(a -> line.append(String.format(Locale.ROOT, "  accuracy %.3f", a)));
        double mean = meanMillis(rounds);
        if (number < total) {
            line.append(String.format(Locale.ROOT, "  about %.0f s left", Math.ceil(mean * (total - number) / 1000)));
        }
        return line.toString();
    }

    private static String names(JsonNode participants) {
        if (participants.size() > FEW) {
            return participants.size() + " nodes";
        }
        StringBuilder names = new StringBuilder();
        participants.forEach(p -> names.append(names.isEmpty() ? "" : " ").append(p.asText()));
        return names.isEmpty() ? "nobody" : names.toString();
    }

    /** Each node's ε against its limit, or of many nodes the one that is nearest to its limit. */
    private static String epsilons(JsonNode job) {
        StringBuilder all = new StringBuilder();
        String nearest = "";
        double most = -1;
        for (JsonNode node : job.path("nodes")) {
            String text = epsilon(node);
            all.append(all.isEmpty() ? "" : " ").append(text);
            double share = node.path("epsilon").asDouble() / node.path("limit").asDouble(1);
            if (share > most) {
                most = share;
                nearest = text;
            }
        }
        return job.path("nodes").size() > FEW ? "at most " + nearest : all.toString();
    }

    static String epsilon(JsonNode node) {
        return node.path("epsilon").isNumber()
                ? String.format(
                        Locale.ROOT,
                        "%.2f/%.2f",
                        node.path("epsilon").asDouble(),
                        node.path("limit").asDouble())
                : "none";
    }

    private static double meanMillis(JsonNode rounds) {
        long sum = 0;
        int count = 0;
        for (JsonNode round : rounds) {
            if (round.has("duration_ms")) {
                sum += round.path("duration_ms").asLong();
                count++;
            }
        }
        return count == 0 ? 0 : (double) sum / count;
    }
}
