package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An Overseer's export endpoint, over TLS that trusts one authority alone.
 *
 * @param api {@code https://host:port}
 * @param ca that authority, PEM
 * @param token the bearer token; a secret
 */
record LedgerSource(URI api, String ca, String token) {
    private static final Duration CONNECT = Duration.ofSeconds(10);
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
        HttpResponse<byte[]> answer = client().send(request, BodyHandlers.ofByteArray());
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

    private HttpClient client() {
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

    /** Never shows the token. */
    @Override
    public String toString() {
        return "LedgerSource[" + api + "]";
    }
}
