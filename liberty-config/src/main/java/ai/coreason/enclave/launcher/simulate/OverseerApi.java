package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** The user side of an Overseer's API, over TLS that trusts the federation's authority alone. Thread-safe. */
final class OverseerApi {
    /** Who calls. */
    enum Role {
        FOUNDRY,
        OPERATOR,
        AUDITOR
    }

    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int SHOWN = 500;

    private final URI base;
    private final HttpClient client;
    private final Map<Role, String> tokens;

    /**
     * @param origin {@code https://host:port}
     * @param client one that trusts the federation's authority alone
     * @param tokens a bearer token a role
     */
    OverseerApi(URI origin, HttpClient client, Map<Role, String> tokens) {
        this.base = origin;
        this.client = client;
        this.tokens = Map.copyOf(tokens);
    }

    /** The client underneath, for the readiness check. */
    HttpClient client() {
        return client;
    }

    /** The address of the readiness check. */
    URI readiness() {
        return base.resolve("/health/ready");
    }

    /** A one-time enrolment token; a secret. */
    String enrolmentToken(String nodeId) throws IOException, InterruptedException {
        byte[] body = Json.write(Json.object().put("node_id", nodeId));
        return json(post("enrolment-tokens", Role.OPERATOR, body)).path("token").asText();
    }

    /** The enrolled nodes. */
    JsonNode nodes() throws IOException, InterruptedException {
        return json(get("nodes", Role.OPERATOR)).path("nodes");
    }

    /** Submits a job. */
    JsonNode submit(ObjectNode job) throws IOException, InterruptedException {
        return json(post("jobs", Role.FOUNDRY, Json.write(job)));
    }

    /** Cancels a job. */
    void cancel(String jobId) throws IOException, InterruptedException {
        post("jobs/" + jobId + "/cancel", Role.OPERATOR, new byte[0]);
    }

    /** A job with its nodes. */
    JsonNode job(String jobId) throws IOException, InterruptedException {
        return json(get("jobs/" + jobId, Role.FOUNDRY));
    }

    /** A job's attempts at rounds. */
    JsonNode rounds(String jobId) throws IOException, InterruptedException {
        return json(get("jobs/" + jobId + "/rounds", Role.FOUNDRY));
    }

    /** A job's last whole model, safetensors. */
    byte[] model(String jobId) throws IOException, InterruptedException {
        return get("jobs/" + jobId + "/model", Role.FOUNDRY);
    }

    /** The export of the mirrored ledgers. */
    JsonNode ledger() throws IOException, InterruptedException {
        return json(get("ledger?format=json", Role.AUDITOR));
    }

    /** The export of the audit log. */
    JsonNode audit() throws IOException, InterruptedException {
        return json(get("audit", Role.AUDITOR));
    }

    /** Never shows a token. */
    @Override
    public String toString() {
        return "OverseerApi[" + base + "]";
    }

    private byte[] get(String path, Role role) throws IOException, InterruptedException {
        return send(request(path, role).GET().build());
    }

    private byte[] post(String path, Role role, byte[] body) throws IOException, InterruptedException {
        return send(request(path, role)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build());
    }

    private HttpRequest.Builder request(String path, Role role) {
        return HttpRequest.newBuilder(base.resolve("/api/v1/" + path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + tokens.get(role));
    }

    private byte[] send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(request.method() + " " + request.uri().getPath() + ": "
                    + problem(answer.statusCode(), answer.body()));
        }
        return answer.body();
    }

    /** What an answer that is not 2xx says, in one line. */
    static String problem(int status, byte[] body) {
        try {
            JsonNode problem = Json.read(body);
            if (problem.path("detail").isTextual()) {
                return status + " " + problem.path("detail").textValue();
            }
        } catch (RuntimeException notJson) {
            return "expected 2xx, got " + status;
        }
        String text = new String(body, java.nio.charset.StandardCharsets.UTF_8);
        return status + " " + text.substring(0, Math.min(text.length(), SHOWN));
    }

    private static JsonNode json(byte[] body) {
        return Json.read(body);
    }
}
