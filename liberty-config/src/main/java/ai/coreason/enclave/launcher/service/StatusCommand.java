package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.server.OverseerFiles;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
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
            "Says whether the server of a folder runs and is ready. Exit code 0 if it is, 1 if not.",
            "For a node it also lists the datasets that are closed, and what was noticed about their records."
        })
final class StatusCommand implements Callable<Integer> {
    private static final String READY = "ready";
    private static final String NOT_READY = "not ready";

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
            spec.commandLine().getOut().println(kind + ": not running" + lastLog(kind));
            return ExitCode.FAILED;
        }
        PidFile pid = running.get();
        String state = state(pid);
        spec.commandLine()
                .getOut()
                .println(kind + ": running, " + state + ", pid " + pid.pid() + ", since " + pid.started() + ", "
                        + pid.readiness().resolve("/"));
        return state.equals(READY) ? ExitCode.OK : ExitCode.FAILED;
    }

    /** Where to read why it does not run; empty for one that never did. */
    private String lastLog(String kind) {
        Path log = new ServerLayout(kind, state.existing()).logs().resolve("messages.log");
        return Files.exists(log) ? "; its last log is " + log : "";
    }

    /** Ready, or not; of a node also where it stands with its Overseer. */
    private String state(PidFile pid) throws InterruptedException {
        HttpClient client = pid.kind().equals("overseer")
                ? OverseerFiles.of(state.existing()).client()
                : HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(pid.readiness())
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
            return answer.statusCode() == 200 ? READY : NOT_READY + standing(answer.body());
        } catch (IOException unreachable) {
            return NOT_READY;
        }
    }

    private static String standing(byte[] health) {
        try {
            for (JsonNode check : Json.read(health).path("checks")) {
                String standing = check.path("data").path("standing").asText("");
                if (standing.matches("[A-Z_]{1,20}")) {
                    return " (" + standing + ", its log says why)";
                }
            }
            return "";
        } catch (InvalidDocument notHealth) {
            return "";
        }
    }
}
