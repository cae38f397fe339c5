package ai.coreason.enclave.overseer.token;

import ai.coreason.enclave.sentry.attestation.http.BoundedBody;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The document with an issuer's keys at one address: 256 KiB at most, within four seconds, by https, without redirects. */
final class KeyDocument implements ResourceRetriever {
    private static final Logger LOG = System.getLogger(KeyDocument.class.getName());
    private static final int MOST = 256 << 10;
    private static final int LONGEST_REASON = 300;
    private static final Duration TIME = Duration.ofSeconds(4);

    private final URI address;
    private final HttpClient client;
    private volatile boolean read;

    /** @throws IllegalArgumentException if the address is not https with a host, and no user or fragment */
    KeyDocument(URI address, IssuerTrust trust) {
        if (!"https".equalsIgnoreCase(address.getScheme())
                || address.getHost() == null
                || address.getRawUserInfo() != null
                || address.getRawFragment() != null) {
            throw new IllegalArgumentException("keys: expected https://HOST[:PORT][/PATH], got scheme "
                    + address.getScheme() + " and host " + address.getHost());
        }
        this.address = address;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(TIME)
                .sslContext(trust.context())
                .build();
    }

    URL url() {
        try {
            return address.toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Whether it was ever read. */
    boolean read() {
        return read;
    }

    @Override
    public Resource retrieveResource(URL same) throws IOException {
        try {
            String set = fetch();
            JWKSet.parse(set);
            read = true;
            return new Resource(set, "application/json");
        } catch (ParseException e) {
            LOG.log(Level.WARNING, "tokens.keys-unreadable host=" + address.getHost());
            throw new IOException("expected a JSON Web Key Set, got another document", e);
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "tokens.keys-out-of-reach host=" + address.getHost() + " why="
                            + Printed.of(String.valueOf(e.getMessage()), LONGEST_REASON));
            throw e;
        }
    }

    private String fetch() throws IOException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(TIME)
                .header("Accept", "application/jwk-set+json, application/json")
                .GET()
                .build();
        CompletableFuture<HttpResponse<byte[]>> asked = client.sendAsync(request, info -> new BoundedBody(MOST));
        try {
            HttpResponse<byte[]> answer = asked.get(TIME.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() != 200) {
                throw new IOException("expected status 200, got " + answer.statusCode());
            }
            return new String(answer.body(), StandardCharsets.UTF_8);
        } catch (TimeoutException e) {
            asked.cancel(true);
            throw new IOException("expected an answer within " + TIME.toSeconds() + " s, got none", e);
        } catch (InterruptedException e) {
            asked.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().toString(), e);
        }
    }
}
