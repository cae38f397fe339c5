package ai.coreason.enclave.launcher.simulation;

import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.LaunchFailure;
import ai.coreason.enclave.overseer.identity.PrivateFile;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** One simulated federation from its servers' start to the report. */
public final class Simulation {
    /**
     * What to simulate.
     *
     * @param data the nodes' records
     * @param job what to train
     * @param holdOut a public table to judge the model on; empty for none
     * @param run where servers live; exists
     * @param out where results go
     * @param readyLimit how long a server may take until it is ready
     * @param terminal whether {@code messages} is a terminal
     */
    public record Plan(
            DataFolder data,
            JobFile job,
            Optional<Path> holdOut,
            Path run,
            Path out,
            Duration readyLimit,
            boolean terminal) {}

    private static final Set<String> ENDS = Set.of("COMPLETED", "FAILED", "CANCELLED", "HALTED_BUDGET");
    private static final Duration POLL = Duration.ofMillis(250);
    private static final int SILENT_POLLS = 20;
    /** Below so many noise draws, compiling less saves more than the slower noise costs. */
    private static final long FEW_DRAWS = 10_000_000;

    private final Plan plan;
    private final Distribution distribution;
    private final Progress progress;
    private final Optional<HoldOut> holdOut;
    private String summary = "";
    private final Map<Integer, Double> accuracies = new TreeMap<>();

    /**
     * Checks what can be checked before a server starts.
     *
     * @param messages where progress is printed
     * @throws LaunchFailure if data, job or hold-out do not fit together
     */
    public Simulation(Plan plan, Distribution distribution, PrintStream messages) {
        plan.data().requireAll(plan.job().clients());
        this.plan = plan;
        this.distribution = distribution;
        this.progress = new Progress(messages, plan.terminal());
        String first = plan.job().clients().get(0);
        this.holdOut = plan.holdOut()
                .map(csv -> HoldOut.read(csv, plan.job().json(), plan.data().fields(first)));
    }

    /**
     * Runs the job and writes {@code model.safetensors}, {@code report.json}, {@code ledger.json} and {@code audit.json}.
     * However it ends, no server is left.
     *
     * @return the report
     * @throws LaunchFailure if a server does not start, or the Overseer refuses the job
     */
    public ObjectNode run() throws IOException, InterruptedException {
        PrivateFile.folder(plan.out());
        long start = System.nanoTime();
        Federation federation = new Federation(
                plan.run(), distribution, jvmOptions(), plan.job().clients().size());
        CountDownLatch interrupted = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            interrupted.countDown();
                            federation.close();
                        },
                        "stop-servers"));
        try (federation) {
            Report report = run(federation, start);
            progress.status("stopping the servers");
            summary = report.text(finalAccuracy(), majority());
            return report.json();
        } catch (IOException | LaunchFailure e) {
            if (interrupted.getCount() == 0) {
                // The process is ending and the servers with it: what they no longer answer is no news.
                new CountDownLatch(1).await();
            }
            throw e;
        } finally {
            progress.status("");
        }
    }

    /** What a person reads at the end; call it after {@link #run}. */
    public String summary() {
        return summary + "results  " + plan.out() + "\nservers  " + plan.run() + " (configuration, logs, state)";
    }

    /** Whether a report is of a job that ended as jobs should. */
    public static boolean good(ObjectNode report) {
        return new Report(report).good();
    }

    private Report run(Federation federation, long start) throws IOException, InterruptedException {
        List<String> nodes = plan.job().clients();
        progress.say("starting the Overseer, then " + nodes.size() + " nodes: " + String.join(" ", nodes));
        federation.startOverseer(plan.readyLimit());
        progress.say("Overseer ready at " + federation.overseer() + " after " + seconds(start) + " s");
        federation.startNodes(nodes, plan.data(), plan.readyLimit());
        long ready = millis(start);
        progress.say("nodes enrolled after " + seconds(start) + " s");
        OverseerApi api = federation.api();
        JsonNode job = api.post("jobs", OverseerApi.FOUNDRY, plan.job().json());
        String id = job.path("job_id").asText();
        progress.say("job " + id + " admitted");
        job = follow(federation, id);
        long wall = millis(start);
        JsonNode rounds = rounds(api, id);
        Report report = Report.of(job, rounds, accuracies, ready, wall);
        export(api, id, report);
        return report;
    }

    /** Polls the job until it has ended. */
    private JsonNode follow(Federation federation, String id) throws IOException, InterruptedException {
        OverseerApi api = federation.api();
        int silent = 0;
        while (true) {
            try {
                JsonNode job = api.get("jobs/" + id, OverseerApi.FOUNDRY);
                tell(api, id, job);
                if (ENDS.contains(job.path("status").asText())) {
                    return job;
                }
                silent = 0;
            } catch (IOException e) {
                federation.requireOverseer();
                if (++silent > SILENT_POLLS) {
                    throw e;
                }
            }
            List<String> ended = federation.endedNodes();
            if (ended.size() > plan.job().clients().size() - plan.job().minClients()) {
                throw LaunchFailure.environment(
                        "too few nodes are left to go on; ended by themselves: " + String.join(" ", ended)
                                + "; their logs are below " + plan.run().resolve("nodes"));
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    private void tell(OverseerApi api, String id, JsonNode job) throws IOException, InterruptedException {
        JsonNode rounds = rounds(api, id);
        int closed = job.path("round").asInt();
        OptionalDouble accuracy = OptionalDouble.empty();
        if (holdOut.isPresent() && closed > 0 && !accuracies.containsKey(closed)) {
            accuracy = judge(api, id);
            accuracy.ifPresent(a -> accuracies.put(closed, a));
        }
        progress.tell(job, rounds, accuracy);
    }

    private OptionalDouble judge(OverseerApi api, String id) throws IOException, InterruptedException {
        Path model = plan.run().resolve("latest.safetensors");
        api.download("jobs/" + id + "/model", OverseerApi.FOUNDRY, model);
        return holdOut.orElseThrow().accuracy(model);
    }

    private static JsonNode rounds(OverseerApi api, String id) throws IOException, InterruptedException {
        return api.get("jobs/" + id + "/rounds", OverseerApi.FOUNDRY);
    }

    private void export(OverseerApi api, String id, Report report) throws IOException, InterruptedException {
        write("report.json", report.json());
        write("ledger.json", api.get("ledger?format=json", OverseerApi.AUDITOR));
        write("audit.json", api.get("audit", OverseerApi.AUDITOR));
        Path model = plan.out().resolve("model.safetensors");
        Files.deleteIfExists(model);
        if (!api.download("jobs/" + id + "/model", OverseerApi.FOUNDRY, model)) {
            progress.say("the job left no model");
        }
    }

    private OptionalDouble finalAccuracy() throws IOException {
        return holdOut.isPresent()
                ? holdOut.get().accuracy(plan.out().resolve("model.safetensors"))
                : OptionalDouble.empty();
    }

    private OptionalDouble majority() {
        return holdOut.isPresent() ? OptionalDouble.of(holdOut.get().majority()) : OptionalDouble.empty();
    }

    /**
     * Start-up is most of a small run: compiling with C1 alone halves it (measured: a node 12.4 to 6.5 CPU seconds, the
     * Overseer 23 to 11), but makes noise ten times as slow, so only jobs with little noise get it.
     */
    private List<String> jvmOptions() {
        ObjectNode job = plan.job().json();
        JsonNode graph = job.path("model");
        if (DenseModel.obstacle(graph).isPresent()) {
            return List.of();
        }
        double draws = (double) DenseModel.of(graph).parameters()
                * job.path("training").path("local_steps").asInt(1)
                * plan.job().rounds();
        return draws < FEW_DRAWS ? List.of("-XX:TieredStopAtLevel=1") : List.of();
    }

    private void write(String name, JsonNode json) throws IOException {
        Files.write(plan.out().resolve(name), (Json.pretty(json) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static long millis(long start) {
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    private static String seconds(long start) {
        return String.format(java.util.Locale.ROOT, "%.1f", millis(start) / 1000.0);
    }
}
