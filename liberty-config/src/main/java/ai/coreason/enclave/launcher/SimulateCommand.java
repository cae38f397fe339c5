package ai.coreason.enclave.launcher;

import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.LaunchFailure;
import ai.coreason.enclave.launcher.simulation.DataFolder;
import ai.coreason.enclave.launcher.simulation.Hospitals;
import ai.coreason.enclave.launcher.simulation.JobFile;
import ai.coreason.enclave.launcher.simulation.Simulation;
import ai.coreason.enclave.overseer.identity.PrivateFile;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs a whole federation on this machine: an Overseer and one server for each node.",
            "Without --data and --job: synthetic hospitals, differentially private, ten rounds."
        })
final class SimulateCommand implements Callable<Integer> {
    private static final int SYNTHETIC_NODES = 4;
    private static final int MOST_NODES = 64;

    @Option(names = "--data", paramLabel = "DIR", description = "folder with datapackage.json, one resource a node")
    private Path data;

    @Option(names = "--job", paramLabel = "FILE", description = "the federation job, JSON")
    private Path job;

    @Option(names = "--out", paramLabel = "DIR", description = "where results go (default: out/ of the run's folder)")
    private Path out;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "take only the job's first N clients; without --data: how many hospitals (default: 4)")
    private Integer nodes;

    @Option(
            names = "--holdout",
            paramLabel = "FILE.csv",
            description = "public table to judge the model on after each round")
    private Path holdOut;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "7",
            description = "seed of the synthetic hospitals and of their job (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            description = "where the servers live, new or empty (default: runs/TIME below the current folder)")
    private Path run;

    @Option(
            names = "--ready-timeout",
            paramLabel = "SECONDS",
            defaultValue = "240",
            description = "how long a server may take until it is ready (default: ${DEFAULT-VALUE})")
    private int readySeconds;

    @Option(names = "--json", description = "print the report as JSON; progress goes to standard error")
    private boolean asJson;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Distribution distribution = Distribution.find();
        if ((data == null) != (job == null)) {
            throw LaunchFailure.usage("--data and --job: expected both or neither, got one");
        }
        if (nodes != null && (nodes < 1 || nodes > MOST_NODES)) {
            throw LaunchFailure.usage("--nodes: expected 1 to " + MOST_NODES + ", got " + nodes);
        }
        // What was given is read before anything is made, so that a mistake leaves nothing behind.
        Optional<JobFile> given = Optional.ofNullable(job).map(this::givenJob);
        Optional<DataFolder> folder = Optional.ofNullable(data).map(DataFolder::read);
        Path runFolder = runFolder();
        JobFile task = given.isPresent() ? given.get() : synthetic(runFolder.resolve("data"));
        DataFolder records = folder.isPresent() ? folder.get() : DataFolder.read(runFolder.resolve("data"));
        PrintStream messages = asJson ? System.err : System.out;
        Simulation simulation = new Simulation(
                new Simulation.Plan(
                        records,
                        task,
                        Optional.ofNullable(holdOut),
                        runFolder,
                        (out == null ? runFolder.resolve("out") : out)
                                .toAbsolutePath()
                                .normalize(),
                        Duration.ofSeconds(readySeconds),
                        Enclave.TERMINAL && !asJson),
                distribution,
                messages);
        ObjectNode report = simulation.run();
        messages.println(simulation.summary());
        if (asJson) {
            System.out.println(Json.pretty(report));
        }
        return Simulation.good(report) ? 0 : LaunchFailure.FAILED;
    }

    private JobFile givenJob(Path file) {
        JobFile whole = JobFile.read(file);
        if (nodes == null || nodes >= whole.clients().size()) {
            return whole;
        }
        if (nodes < whole.minClients()) {
            throw LaunchFailure.usage(
                    "--nodes: expected at least the job's min_clients " + whole.minClients() + ", got " + nodes);
        }
        return whole.first(nodes);
    }

    private JobFile synthetic(Path folder) throws IOException {
        PrivateFile.folder(folder);
        List<String> hospitals = Hospitals.write(folder, nodes == null ? SYNTHETIC_NODES : nodes, seed);
        ObjectNode document = Hospitals.job(hospitals, seed);
        Files.write(folder.resolve("job.json"), Json.pretty(document).getBytes(StandardCharsets.UTF_8));
        if (holdOut == null) {
            holdOut = folder.resolve("holdout.csv");
        }
        return JobFile.of(document);
    }

    private Path runFolder() throws IOException {
        Path folder = run != null
                ? run
                : Path.of(
                        "runs",
                        DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").format(LocalDateTime.now()));
        Path absolute = folder.toAbsolutePath().normalize();
        try {
            PrivateFile.folder(absolute);
            try (var content = Files.list(absolute)) {
                if (content.findAny().isPresent()) {
                    throw LaunchFailure.usage("--run-dir: expected a new or empty folder, got " + absolute);
                }
            }
        } catch (IOException e) {
            throw LaunchFailure.usage("--run-dir " + absolute + ": cannot be made (" + e + ")");
        }
        return absolute;
    }
}
