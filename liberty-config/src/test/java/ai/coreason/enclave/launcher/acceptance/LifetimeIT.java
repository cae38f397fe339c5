package ai.coreason.enclave.launcher.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where servers listen, and that none outlives the command that started it. */
class LifetimeIT {
    private static final long LIMIT = TimeUnit.MINUTES.toNanos(3);

    @TempDir
    Path folder;

    private Simulation run;

    @AfterEach
    void end() {
        run.servers().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void simulate_killedWhileItTrains_listenedOnLoopbackOnlyAndLeavesNoServer() throws Exception {
        run = Simulation.start(folder);
        await(() -> printed().contains("round 1/") || !run.process().isAlive());
        List<ProcessHandle> servers = run.servers();
        List<String> listeners = Listeners.of(servers);

        run.process().destroyForcibly();

        assertThat(servers).as(printed()).hasSize(5);
        assertThat(listeners).hasSizeGreaterThanOrEqualTo(6).allMatch(Listeners::loopback);
        await(() -> run.servers().isEmpty());
    }

    /** SIGTERM, which ends a JVM as Ctrl-C does; a test that runs in the background ignores SIGINT. */
    @Test
    void simulate_terminated_stopsItsServersAndEnds() throws Exception {
        run = Simulation.start(folder);
        await(() -> printed().contains("enrolled after") || !run.process().isAlive());
        assertThat(run.servers()).as(printed()).hasSizeGreaterThanOrEqualTo(2);

        new ProcessBuilder("kill", "-TERM", String.valueOf(run.process().pid()))
                .start()
                .waitFor();

        await(() -> !run.process().isAlive());
        assertThat(run.process().exitValue()).isNotZero();
        assertThat(run.servers()).isEmpty();
        assertThat(printed()).contains("interrupted after").contains("no results; logs are in ");
        try (Stream<Path> left = Files.walk(folder)) {
            assertThat(left.filter(f -> f.toString().matches(".*/run-[^/]*/.*(state|token|\\.key).*")))
                    .isEmpty();
        }
    }

    private String printed() {
        try {
            return run.printed();
        } catch (IOException notYetWritten) {
            return "";
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LIMIT;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for " + LIMIT + " ns").isLessThan(end);
            Thread.sleep(50);
        }
    }
}
