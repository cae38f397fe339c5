package ai.coreason.enclave.launcher.acceptance;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** One run of {@code enclave simulate} in a process of its own, from a terminal's point of view. */
final class Simulation {
    private final Path out;
    private final Path log;
    private final Process process;

    private Simulation(Path out, Path log, Process process) {
        this.out = out;
        this.log = log;
        this.process = process;
    }

    /** Starts the command with its results below {@code folder}. */
    static Simulation start(Path folder, String... arguments) throws IOException {
        Path home = Path.of(System.getProperty("enclave.home"));
        Path out = Files.createDirectories(folder).resolve("out");
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>(
                List.of(home.resolve("liberty-config/bin/enclave").toString(), "simulate", "--out", out.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Simulation(out, log, process);
    }

    /** Runs a job of the shared federations to its end. */
    static Simulation run(Path folder, Path data, String job, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(
                List.of("--data", data.toString(), "--job", data.resolve(job).toString()));
        arguments.addAll(List.of(more));
        Simulation simulation = start(folder, arguments.toArray(String[]::new));
        simulation.process.waitFor();
        return simulation;
    }

    /** A shared federation. Tests without it are skipped on a developer's machine, and fail in continuous integration. */
    static Path federation(String name) {
        Optional<Path> folder = Optional.ofNullable(System.getProperty("enclave.shared"))
                .map(shared -> Path.of(shared, "federations", name))
                .filter(Files::isDirectory);
        if (folder.isEmpty() && Boolean.parseBoolean(System.getenv("CI"))) {
            throw new IllegalStateException("enclave.shared: expected the federation " + name + ", it is not there");
        }
        Assumptions.assumeTrue(folder.isPresent(), "the federation " + name + " is not on this machine");
        return folder.orElseThrow();
    }

    Process process() {
        return process;
    }

    Path model() {
        return out.resolve("model.safetensors");
    }

    String printed() throws IOException {
        return Files.readString(log);
    }

    JsonNode written(String name) throws IOException {
        return Json.read(Files.readAllBytes(out.resolve(name)));
    }

    JsonNode report() throws IOException {
        return written("report.json");
    }

    /** The processes that live now and work below this run's folder: its servers. */
    List<ProcessHandle> servers() {
        return ProcessHandle.allProcesses().filter(this::worksHere).toList();
    }

    private boolean worksHere(ProcessHandle candidate) {
        try {
            return Path.of("/proc", String.valueOf(candidate.pid()), "cwd")
                    .toRealPath()
                    .startsWith(out.toRealPath());
        } catch (IOException endedOrAnotherUsers) {
            return false;
        }
    }
}
