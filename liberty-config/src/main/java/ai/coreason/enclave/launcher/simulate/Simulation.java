package ai.coreason.enclave.launcher.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** One job from the start of its servers to its results, told line by line. Not thread-safe; runs once. */
final class Simulation {
    private static final Set<String> ENDED = Set.of(Report.COMPLETED, Report.HALTED, "FAILED", "CANCELLED");
    private static final long POLL_MILLIS = 200;

    private final Federation federation;
    private final Inputs inputs;
    private final long start;
    private final Consumer<String> told;

    /**
     * @param start the command's, by {@link System#nanoTime()}
     * @param told takes each line of progress
     */
    Simulation(Federation federation, Inputs inputs, long start, Consumer<String> told) {
        this.federation = federation;
        this.inputs = inputs;
        this.start = start;
        this.told = told;
    }

    /**
     * Starts the servers, runs the job until it ends, and writes its results.
     *
     * @return the report
     */
    ObjectNode run(OutFolder folder) throws IOException, InterruptedException {
        told.accept(Federation.plan(inputs.dataBytes().size()));
        federation.startOverseer(told);
        told.accept(after("overseer ready"));
        federation.startNodes(inputs, node -> told.accept(after(node + " enrolled")), told);
        OverseerApi api = federation.api();
        requireAll(api.nodes());
        long ready = millis();
        String jobId = api.submit(inputs.job().json()).path("job_id").asText();
        told.accept("job " + jobId);
        JsonNode ended = follow(jobId);
        ObjectNode report = Report.of(ended, api.rounds(jobId), millis(), ready);
        folder.write(api.model(jobId), report, api.ledger(), api.audit());
        return report;
    }

    /** Tells progress until the job ends. Cancels it when too few servers are left to end it. */
    private JsonNode follow(String jobId) throws IOException, InterruptedException {
        ProgressText progress = new ProgressText();
        Set<String> lost = new HashSet<>();
        while (true) {
            JsonNode now = federation.api().job(jobId);
            progress.update(now, federation.api().rounds(jobId)).forEach(told);
            if (ENDED.contains(now.path("status").asText())) {
                return now;
            }
            List<String> ended = federation.ended();
            for (String server : ended) {
                if (lost.add(server)) {
                    told.accept(server + " ended by itself\n" + federation.tail(server));
                }
            }
            if (inputs.dataBytes().size() - ended.size() < inputs.minNodes()) {
                told.accept("cancelled: fewer servers run than the job's min_clients " + inputs.minNodes());
                federation.api().cancel(jobId);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void requireAll(JsonNode enrolled) throws IOException {
        Set<String> missing = new HashSet<>(inputs.dataBytes().keySet());
        enrolled.forEach(n -> missing.remove(n.path("node_id").asText()));
        if (!missing.isEmpty()) {
            throw new IOException("nodes: expected every node enrolled, got all but " + missing);
        }
    }

    private String after(String what) {
        return String.format(Locale.ROOT, "%s after %.1f s", what, millis() / 1000.0);
    }

    private long millis() {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
