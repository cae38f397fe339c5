package ai.coreason.enclave.launcher.simulation;

import ai.coreason.enclave.launcher.server.LaunchFailure;
import ai.coreason.enclave.overseer.identity.TokenIssuer;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/** The Overseer's REST API as a user with a token sees it. Thread-safe. */
public final class OverseerApi {
    /** Submits jobs, fetches models. */
    public static final String FOUNDRY = "foundry";
    /** Sees nodes, issues enrolment tokens. */
    public static final String OPERATOR = "operator";
    /** Exports ledger and audit log. */
    public static final String AUDITOR = "auditor";

    private static final Duration TOKEN = Duration.ofMinutes(5);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int SUCCESS = 2;

    private final HttpClient client;
    private final URI base;
    private final TokenIssuer tokens;

    /**
     * @param client trusts the federation's authority
     * @param base scheme, host and port
     * @param tokens issues a fresh token for every call
     */
    public OverseerApi(HttpClient client, URI base, TokenIssuer tokens) {
        this.client = client;
        this.base = base;
        this.tokens = tokens;
    }

    /**
     * Reads a document.
     *
     * @param path below {@code /api/v1/}
     * @throws LaunchFailure if the Overseer answers with a problem; its own words are the message
     * @throws IOException if it does not answer
     */
    public JsonNode get(String path, String role) throws IOException, InterruptedException {
        return json(client.send(request(path, role).GET().build(), HttpResponse.BodyHandlers.ofByteArray()));
    }

    /** Sends a document and reads the answer; as {@link #get}. */
    public JsonNode post(String path, String role, JsonNode body) throws IOException, InterruptedException {
        HttpRequest request = request(path, role)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.write(body)))
                .build();
        return json(client.send(request, HttpResponse.BodyHandlers.ofByteArray()));
    }

    /**
     * Downloads into a file.
     *
     * @return whether there was anything; false for 404
     * @throws LaunchFailure if the Overseer answers with another problem
     */
    public boolean download(String path, String role, Path file) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer =
                client.send(request(path, role).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() == 404) {
            return false;
        }
        requireSuccess(answer);
        java.nio.file.Files.write(file, answer.body());
        return true;
    }

    private HttpRequest.Builder request(String path, String role) {
        return HttpRequest.newBuilder(base.resolve("/api/v1/" + path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + tokens.issue("simulate", role, TOKEN));
    }

    private static JsonNode json(HttpResponse<byte[]> answer) {
        requireSuccess(answer);
        return Json.read(answer.body());
    }

    private static void requireSuccess(HttpResponse<byte[]> answer) {
        if (answer.statusCode() / 100 != SUCCESS) {
            throw LaunchFailure.failed("the Overseer answered " + answer.statusCode() + " to "
                    + answer.request().method() + " " + answer.uri().getPath() + problem(answer.body()));
        }
    }

    /** Title and detail of a problem document (RFC 9457). */
    private static String problem(byte[] body) {
        try {
            JsonNode problem = Json.read(body);
            return ": " + problem.path("title").asText() + ": "
                    + problem.path("detail").asText();
        } catch (InvalidDocument e) {
            return "";
        }
    }
}
