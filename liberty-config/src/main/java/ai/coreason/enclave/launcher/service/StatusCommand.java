package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.ExitCode;
import ai.coreason.enclave.launcher.server.OverseerFiles;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enclave overseer status} and {@code enclave node status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Says whether the server of a folder runs and is ready. Exit 0 if it is, else 1.",
            "Of a node, it says too which datasets are closed and what was noticed of their records."
        })
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOption state;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String kind = spec.parent().name();
        Optional<PidFile> running = state.running(kind);
        int code = server(kind, running);
        Standings.lines(state.existing()).forEach(spec.commandLine().getOut()::println);
        return code;
    }

    private int server(String kind, Optional<PidFile> running) throws InterruptedException {
        if (running.isEmpty()) {
            spec.commandLine().getOut().println(kind + ": not running");
            return ExitCode.FAILED;
        }
        PidFile pid = running.get();
        boolean ready = ready(pid);
        spec.commandLine()
                .getOut()
                .println(kind + ": running, " + (ready ? "ready" : "not ready") + ", pid " + pid.pid() + ", since "
                        + pid.started() + ", " + pid.readiness().resolve("/"));
        return ready ? ExitCode.OK : ExitCode.FAILED;
    }

    private boolean ready(PidFile pid) throws InterruptedException {
        HttpClient client = pid.kind().equals("overseer")
                ? OverseerFiles.of(state.existing()).client()
                : HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(pid.readiness())
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException unreachable) {
            return false;
        }
    }
}
