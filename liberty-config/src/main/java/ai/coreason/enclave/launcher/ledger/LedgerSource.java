package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.service.FederationClient;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An Overseer's export endpoint, over TLS that trusts one authority alone.
 *
 * @param api {@code https://host:port}
 * @param ca that authority, PEM
 * @param token the bearer token; a secret
 */
record LedgerSource(URI api, String ca, String token) {
    private static final Duration ANSWER = Duration.ofMinutes(5);

    /**
     * Fetches the export.
     *
     * @param dataset one dataset, or null for all
     * @throws IOException if the Overseer does not answer, or not with an export
     */
    byte[] fetch(String format, String dataset) throws IOException, InterruptedException {
        String which = dataset == null ? "" : "&dataset=" + URLEncoder.encode(dataset, StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(api.resolve("/api/v1/ledger?format=" + format + which))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + token)
                .GET()
                .build();
        HttpResponse<byte[]> answer = FederationClient.trusting(ca).send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException(
                    "GET /api/v1/ledger: expected 200, got " + answer.statusCode() + detail(answer.body()));
        }
        return answer.body();
    }

    private static String detail(byte[] body) {
        try {
            return " " + Json.read(body).path("detail").asText();
        } catch (RuntimeException notAProblemDocument) {
            return "";
        }
    }

    /** Never shows the token. */
    @Override
    public String toString() {
        return "LedgerSource[" + api + "]";
    }
}
