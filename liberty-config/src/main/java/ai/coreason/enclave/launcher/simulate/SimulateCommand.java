package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.launcher.holdout.HoldoutAccuracy;
import ai.coreason.enclave.launcher.holdout.Unmeasurable;
import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.synthetic.SyntheticHospitals;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.data.schema.DataPackage;
import ai.coreason.enclave.sentry.data.schema.DataResource;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave simulate}: a whole federation on this machine, for one job. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Starts an Overseer and one server per node on this machine, runs the job and stops them.",
            "Writes model.safetensors, report.json, ledger.json and audit.json.",
            "Exit 0 when the job ended COMPLETED or HALTED_BUDGET."
        })
public final class SimulateCommand implements Callable<Integer> {
    private static final Set<String> ENDED = Set.of("COMPLETED", "HALTED_BUDGET", "FAILED", "CANCELLED");
    private static final Set<String> GOOD = Set.of("COMPLETED", "HALTED_BUDGET");
    private static final long POLL_MILLIS = 200;
    private static final long SYNTHETIC_SEED = 1;
    private static final String MODEL = "model.safetensors";
    private static final String REPORT = "report.json";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "folder with datapackage.json; without --data and --job, four synthetic hospitals are made")
    private Path data;

    @Option(names = "--job", paramLabel = "FILE", description = "the federation job, JSON; goes with --data")
    private Path job;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs",
            description =
                    "folder for the results, which replace those of an earlier run; ${DEFAULT-VALUE} when left out")
    private Path out;

    @Option(names = "--nodes", paramLabel = "N", description = "only the first N clients of the job")
    private Integer nodes;

    @Option(names = "--seed", paramLabel = "S", description = "a whole number that makes the run repeatable")
    private Long seed;

    @Option(
            names = "--holdout",
            paramLabel = "FILE",
            description = "public records, CSV: the last model's accuracy on them is told; costs no epsilon")
    private Path holdout;

    @Option(names = "--keep", description = "keep the servers' files; otherwise only their logs stay")
    private boolean keep;

    @Option(names = "--json", description = "print the report as JSON; progress goes to standard error")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        long start = System.nanoTime();
        checkFiles();
        synthesise();
        Inputs inputs = inputs();
        Distribution distribution = Distribution.locate();
        if (Files.exists(out.resolve(REPORT))) {
            say("the results of an earlier run in " + out.toAbsolutePath().normalize() + " will be replaced");
        }
        Files.createDirectories(out);
        Path run = Files.createTempDirectory(out.toAbsolutePath().normalize(), "run-");
        ObjectNode report;
        try (Federation federation = new Federation(distribution, run)) {
            say("logs in " + run);
            report = run(federation, inputs, start);
        } finally {
            if (!keep) {
                keepLogsOnly(run);
            }
        }
        spec.commandLine().getOut().println(json ? Json.pretty(report) : Report.summary(report));
        accuracy();
        say("results in " + out.toAbsolutePath().normalize());
        return GOOD.contains(report.path("status").asText()) ? ExitCode.OK : ExitCode.FAILED;
    }

    /** Tells before the run what would end it after. */
    private void checkFiles() {
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new ParameterException(spec.commandLine(), "--out: expected a folder, got a file at " + out);
        }
        if (holdout != null && !Files.isRegularFile(holdout)) {
            throw new ParameterException(
                    spec.commandLine(), "--holdout: expected a file of public records, got nothing at " + holdout);
        }
    }

    /** Without data and job, four synthetic hospitals and the job that trains on them. */
    private void synthesise() throws IOException {
        if ((data == null) != (job == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--data and --job: expected both or neither, got only " + (data == null ? "--job" : "--data"));
        }
        if (data == null) {
            data = out.resolve("synthetic");
            SyntheticHospitals.write(data, seed == null ? SYNTHETIC_SEED : seed);
            job = data.resolve("job.json");
            holdout = holdout == null ? data.resolve("holdout.csv") : holdout;
            say("four synthetic hospitals in " + data.toAbsolutePath().normalize());
        }
    }

    /** Tells the accuracy on public records, or why it cannot be told. */
    private void accuracy() throws IOException {
        if (holdout == null) {
            return;
        }
        try {
            FederationJob parsed = FederationJob.parse(Json.read(Files.readAllBytes(job)), JobRules.inSimulation());
            DataResource resource = DataPackage.read(data.resolve("datapackage.json"))
                    .resource(parsed.clients().get(0))
                    .orElseThrow();
            if (!(resource.content() instanceof DataResource.Table table)) {
                say("hold-out: not measured: expected a federation of CSV files, got another format");
                return;
            }
            double accuracy = HoldoutAccuracy.of(parsed, table, holdout, out.resolve(MODEL));
            say(String.format(Locale.ROOT, "hold-out accuracy %.3f on %s", accuracy, holdout.getFileName()));
        } catch (Unmeasurable | InvalidDocument e) {
            say("hold-out: not measured: " + e.getMessage());
        }
    }

    private Inputs inputs() throws IOException {
        try {
            return Inputs.read(
                    data,
                    job,
                    nodes == null ? OptionalInt.empty() : OptionalInt.of(nodes),
                    seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
        } catch (InvalidDocument | Inputs.IllegalInput e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private ObjectNode run(Federation federation, Inputs inputs, long start) throws IOException, InterruptedException {
        federation.startOverseer();
        say(String.format("overseer ready after %.1f s", millisSince(start) / 1000.0));
        federation.startNodes(
                inputs, node -> say(String.format("%s enrolled after %.1f s", node, millisSince(start) / 1000.0)));
        requireAll(federation.api().nodes(), inputs);
        long ready = millisSince(start);
        OverseerApi api = federation.api();
        String jobId = api.submit(inputs.job()).path("job_id").asText();
        say("job " + jobId);
        JsonNode ended = follow(federation, inputs, jobId);
        ObjectNode report = Report.of(ended, api.rounds(jobId), millisSince(start), ready);
        Map<String, byte[]> results = Map.of(
                MODEL,
                api.model(jobId),
                REPORT,
                text(report),
                "ledger.json",
                text(api.ledger()),
                "audit.json",
                text(api.audit()));
        for (Map.Entry<String, byte[]> result : results.entrySet()) {
            PrivateFile.write(out.resolve(result.getKey()), result.getValue());
        }
        return report;
    }

    /** Tells progress until the job ends. Cancels it when too few servers are left to end it. */
    private JsonNode follow(Federation federation, Inputs inputs, String jobId)
            throws IOException, InterruptedException {
        ProgressText progress = new ProgressText();
        Set<String> lost = new HashSet<>();
        while (true) {
            JsonNode now = federation.api().job(jobId);
            progress.update(now, federation.api().rounds(jobId)).forEach(this::say);
            if (ENDED.contains(now.path("status").asText())) {
                return now;
            }
            List<String> ended = federation.ended();
            for (String server : ended) {
                if (lost.add(server)) {
                    say(server + " ended by itself\n" + federation.tail(server));
                }
            }
            if (inputs.dataBytes().size() - ended.size() < inputs.minNodes()) {
                say("cancelled: fewer servers run than the job's min_clients " + inputs.minNodes());
                federation.api().cancel(jobId);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static void requireAll(JsonNode enrolled, Inputs inputs) throws IOException {
        Set<String> missing = new HashSet<>(inputs.dataBytes().keySet());
        enrolled.forEach(n -> missing.remove(n.path("node_id").asText()));
        if (!missing.isEmpty()) {
            throw new IOException("nodes: expected every node enrolled, got all but " + missing);
        }
    }

    private static byte[] text(JsonNode document) {
        return (Json.pretty(document) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private void say(String line) {
        PrintWriter writer =
                json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        writer.println(line);
        writer.flush();
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }

    /** Keys, tokens, databases and models of the run go; logs stay. */
    private static void keepLogsOnly(Path run) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(run)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Path within = run.relativize(file);
            boolean log =
                    within.getNameCount() > 1 && within.getName(1).toString().equals("logs");
            boolean holdsLogs = Files.isDirectory(file) && Files.exists(file.resolve("logs"));
            if (!log && !holdsLogs && !file.equals(run)) {
                Files.deleteIfExists(file);
            }
        }
    }
}
