package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.simulate.preflight.PreflightReport;
import ai.coreason.enclave.launcher.synthetic.SyntheticHospitals;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
            "Job, data package and every record are checked first: nothing starts where something is wrong.",
            "Writes model.safetensors, report.json, ledger.json and audit.json."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the job ended COMPLETED, or HALTED_BUDGET without --all-rounds",
            "1:the job FAILED or was CANCELLED, or a server did",
            "2:something is wrong with the command line, the job or the data; nothing was started",
            "4:HALTED_BUDGET with --all-rounds: the budgets ended before the job's last round",
            "130, 143:interrupted by Ctrl-C, or by SIGTERM"
        })
public final class SimulateCommand implements Callable<Integer> {
    private static final long SYNTHETIC_SEED = 1;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "folder with datapackage.json (docs/DATA.md), whose resources are named like the job's clients;"
                            + " without --data and --job, four synthetic hospitals are made")
    private Path data;

    @Option(
            names = "--job",
            paramLabel = "FILE",
            description = "the federation job, JSON (docs/JOB.md); goes with --data")
    private Path job;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "folder for the results, which replace those of an earlier run; default: ${DEFAULT-VALUE}")
    private Path out;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "only the first N clients of the job, of which min_clients is then at most N")
    private Integer nodes;

    @Option(names = "--seed", paramLabel = "S", description = "a whole number that makes the run repeatable")
    private Long seed;

    @Option(
            names = "--holdout",
            paramLabel = "FILE",
            description =
                    "public records, written and described as the data are: the Overseer tells each round's loss and"
                            + " accuracy on them; costs no epsilon")
    private Path holdout;

    @Option(
            names = "--all-rounds",
            description = "do not start a job whose budgets end before its last round, and exit 4 where one is halted")
    private boolean allRounds;

    @Option(
            names = "--keep",
            description = "keep the servers' files, keys and tokens among them; otherwise only their logs stay")
    private boolean keep;

    @Option(names = "--json", description = "print the report as JSON; progress goes to standard error")
    private boolean json;

    /** Whether this run's results lie in their folder. */
    private boolean written;

    @Override
    public Integer call() throws IOException, InterruptedException {
        long start = System.nanoTime();
        OutFolder folder = checkedOut();
        Inputs inputs = inputs(folder);
        Distribution distribution = Distribution.locate();
        for (String leftover : folder.leftovers()) {
            say(leftover);
        }
        Path run = folder.newRun();
        try (Interruption interruption = new Interruption()) {
            try {
                return simulate(distribution, inputs, folder, run, start);
            } catch (InterruptedException | IOException | RuntimeException e) {
                String left = left(folder, run);
                if (!interruption.asked()) {
                    say("NOT FINISHED: " + left);
                    throw e;
                }
                say(String.format(Locale.ROOT, "interrupted after %.1f s: %s", millisSince(start) / 1000.0, left));
                return ExitCode.INTERRUPTED;
            }
        }
    }

    private int simulate(Distribution distribution, Inputs inputs, OutFolder folder, Path run, long start)
            throws IOException, InterruptedException {
        ObjectNode report;
        try (Federation federation = new Federation(distribution, run, inputs.holdOut())) {
            say("logs in " + run);
            report = new Simulation(federation, inputs, start, this::say).run(folder);
            written = true;
        } finally {
            if (!keep) {
                OutFolder.keepLogsOnly(run);
            }
        }
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? Json.pretty(report)
                                : Report.summary(report, inputs.job().rounds()));
        accuracy(report);
        String status = report.path("status").asText();
        say((status.equals(Report.COMPLETED) ? "results in " : "partial results in ") + folder.path());
        return exitCode(status);
    }

    private int exitCode(String status) {
        return switch (status) {
            case Report.COMPLETED -> ExitCode.OK;
            case Report.HALTED -> allRounds ? ExitCode.HALTED : ExitCode.OK;
            default -> ExitCode.FAILED;
        };
    }

    /** What a run that ended early leaves. */
    private String left(OutFolder folder, Path run) {
        return (written ? "results in " + folder.path() + "; " : "no results; ")
                + (keep ? "the servers' files, keys and tokens among them, are in " : "logs are in ")
                + run
                + (!written && folder.holdsResults()
                        ? "; report.json, model.safetensors and the others in " + folder.path()
                                + " are of an earlier run"
                        : "");
    }

    /** Tells before anything is written what is wrong with the command line. */
    private OutFolder checkedOut() {
        PreflightReport report = new PreflightReport();
        if (out.toString().isBlank()) {
            report.problem("--out: expected a folder, got an empty name");
        } else {
            new OutFolder(out).problem().ifPresent(p -> report.problem("--out: " + p));
        }
        if ((data == null) != (job == null)) {
            report.problem(
                    "--data and --job: expected both or neither, got only " + (data == null ? "--job" : "--data"));
        }
        if (data != null && !Files.isDirectory(data)) {
            report.problem(
                    "--data: expected a folder, got " + (Files.exists(data) ? "a file" : "nothing") + " at " + data);
        }
        int most = SyntheticHospitals.COUNT;
        if (nodes != null && (nodes < 1 || data == null && job == null && nodes > most)) {
            report.problem("--nodes: expected "
                    + (data == null && job == null ? "1 to the " + most + " synthetic hospitals" : "1 or more")
                    + ", got "
                    + nodes);
        }
        if (holdout != null && !Files.exists(holdout)) {
            report.problem("--holdout: expected public records, got nothing at " + holdout);
        }
        refuse(report);
        return new OutFolder(out);
    }

    /** Reads and checks job and data; without them, makes four synthetic hospitals and the job that trains on them. */
    private Inputs inputs(OutFolder folder) throws IOException {
        if (data == null) {
            data = folder.path().resolve("synthetic");
            SyntheticHospitals.write(data, seed == null ? SYNTHETIC_SEED : seed);
            job = data.resolve("job.json");
            holdout = holdout == null ? data.resolve(SyntheticHospitals.HOLDOUT) : holdout;
            say("four synthetic hospitals in " + data);
        }
        PreflightReport report = new PreflightReport();
        Optional<Inputs> read = Inputs.read(
                data,
                job,
                new Inputs.Wishes(
                        nodes == null ? OptionalInt.empty() : OptionalInt.of(nodes),
                        seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
                        allRounds),
                report);
        if (read.isPresent() && holdout != null) {
            read = Optional.of(read.get().measuredOn(holdout));
            read.get().holdOut().orElseThrow().check(read.get().job(), report);
        }
        refuse(report);
        report.notes().forEach(this::say);
        return read.orElseThrow();
    }

    private void refuse(PreflightReport report) {
        List<String> problems = report.problems();
        if (!problems.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    problems.size() == 1
                            ? problems.get(0)
                            : "nothing was started: " + problems.size() + " things are wrong"
                                    + problems.stream()
                                            .map(p -> System.lineSeparator() + "  " + p)
                                            .collect(Collectors.joining()));
        }
    }

    /** Tells how well the last model does on public records. */
    private void accuracy(JsonNode report) {
        if (holdout == null || report.path("rounds").isEmpty()) {
            return;
        }
        JsonNode score =
                report.path("rounds").path(report.path("rounds").size() - 1).path("hold_out");
        String name = score.has("accuracy") ? "accuracy" : "loss";
        if (score.path(name).isNumber()) {
            say(String.format(
                    Locale.ROOT,
                    "hold-out %s %.3f on %s",
                    name,
                    score.path(name).asDouble(),
                    holdout.getFileName()));
            if (score.has("notes")) {
                say("  note: " + score.get("notes").asText());
            }
        } else {
            say("hold-out: not measured: " + score.path("refused").asText("the Overseer's log says why"));
        }
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
}
