package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * An operator's calls to an Overseer.
 *
 * @param api {@code https://host:port}
 * @param ca the federation's authority, PEM
 * @param token the bearer token; a secret
 */
record OperatorCall(URI api, String ca, String token) {
    private static final Duration ANSWER = Duration.ofMinutes(1);

    /** A segment of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The address of what is frozen or thawed: a job, or the federation if it is null. */
    static String frozen(String job) {
        return job == null ? "federation" : "jobs/" + segment(job);
    }

    /**
     * Sends a request without a body.
     *
     * @param path below {@code /api/v1/}
     * @throws IOException if the Overseer does not answer, or not with 2xx; the message has what it says
     */
    void send(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(api.resolve("/api/v1/" + path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + token)
                .method(method, BodyPublishers.noBody())
                .build();
        HttpResponse<byte[]> answer = FederationClient.trusting(ca).send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(detail(answer.body())
                    .orElse(method + " /api/v1/" + path + ": expected 2xx, got " + answer.statusCode()));
        }
    }

    /** What the Overseer says of it, if it says something. */
    private static Optional<String> detail(byte[] body) {
        try {
            return Optional.of(Json.read(body).path("detail").asText()).filter(d -> !d.isBlank());
        } catch (RuntimeException notAProblemDocument) {
            return Optional.empty();
        }
    }

    /** Never shows the token. */
    @Override
    public String toString() {
        return "OperatorCall[" + api + "]";
    }
}
