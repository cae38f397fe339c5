package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An Overseer's interface for users, called with one user's token.
 *
 * @param address {@code https://host:port}
 * @param client whose TLS trusts the federation's authority alone
 * @param token the bearer token; a secret
 */
public record OverseerApi(URI address, HttpClient client, String token) {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofMinutes(5);

    /**
     * An Overseer.
     *
     * @param ca the federation's authority, certificates in PEM
     * @throws IllegalArgumentException if they are not
     */
    static OverseerApi of(URI address, String ca, String token) {
        return new OverseerApi(address, trusting(ca), token);
    }

    private static HttpClient trusting(String ca) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int i = 0;
            for (X509Certificate certificate : LedgerCertificates.parse(ca)) {
                store.setCertificateEntry("ca" + i++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .sslContext(tls)
                    .connectTimeout(CONNECT)
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A segment of a path, or a value of a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The path of what is frozen or thawed: a job, or the federation if it is null. */
    static String frozen(String job) {
        return job == null ? "federation" : "jobs/" + encoded(job);
    }

    /**
     * Sends a request without a body.
     *
     * @param path below {@code /api/v1/}
     * @return the answer's body
     * @throws IOException if the Overseer does not answer, or not with 2xx; the message has what it says
     */
    public byte[] send(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/api/v1/" + path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + token)
                .method(method, BodyPublishers.noBody())
                .build();
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(detail(answer.body())
                    .orElse(method + " /api/v1/" + path + ": expected 2xx, got " + answer.statusCode()));
        }
        return answer.body();
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
        return "OverseerApi[" + address + "]";
    }
}
