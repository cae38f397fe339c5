package ai.coreason.enclave.node.overseer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Requests to one origin over HTTP/1.1 and TLS, each bounded in time and bytes, and tried again with {@link Backoff} on
 * connection errors, time-outs and 5xx, never on 4xx; not before the Overseer's {@code Retry-After}. Thread-safe.
 */
final class OverseerCalls {
    /** Too slow, or too many calls: another time may do. */
    private static final Set<Integer> LATER = Set.of(408, 429);

    private static final System.Logger LOG = System.getLogger(OverseerCalls.class.getName());
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(1);

    private final HttpClient http;
    private final URI base;
    private final Backoff backoff;
    private final Backoff.Pause pause;

    /**
     * @param base the origin and path that every request's path is appended to
     * @param tls the client's trust and, after enrolment, its certificate
     */
    OverseerCalls(URI base, SSLContext tls, Backoff backoff, Backoff.Pause pause) {
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls)
                .connectTimeout(CONNECT)
                .build();
        this.base = base;
        this.backoff = backoff;
        this.pause = pause;
    }

    /**
     * How long one try may take, how many tries in a row may bring nothing, and how many bytes may come back. A try that
     * brought a part of a resumable body begins the count anew.
     */
    record Limits(Duration timeout, int tries, long bytes) {}

    /**
     * One answer of 2xx or 3xx.
     *
     * @param peer the certificate that was shown at the other end of the connection it came by
     */
    record Answer(int status, String etag, byte[] body, X509Certificate peer) {}

    /**
     * Sends one request until it is answered.
     *
     * @param name what the request is called in errors and logs, such as {@code GET /tasks/next}
     * @throws OverseerRefusal on a status of 4xx other than 408 and 429
     * @throws OverseerUnreachable when no try was answered otherwise than by 5xx
     */
    Answer send(String name, Limits limits, String path, Function<HttpRequest.Builder, HttpRequest.Builder> request)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        ReceivedBody received = new ReceivedBody(limits.bytes());
        for (int tried = 1; ; tried++) {
            int before = received.resumable();
            String failure;
            Exception cause = null;
            Duration atLeast = Duration.ZERO;
            try {
                HttpResponse<byte[]> response =
                        once(request.apply(builder(path, limits, received)).build(), limits.timeout(), received);
                if (response.statusCode() < 500 && !LATER.contains(response.statusCode())) {
                    return answer(name, response);
                }
                failure = "answered " + response.statusCode();
                atLeast = retryAfter(response);
            } catch (IOException e) {
                failure = e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
                cause = e;
            }
            if (received.resumable() > before) {
                tried = 1;
            }
            if (tried >= limits.tries()) {
                throw new OverseerUnreachable(name, tried, failure, cause);
            }
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "overseer.retry request={0} tried={1} last={2}",
                    name,
                    "" + tried,
                    failure);
            Duration delay = backoff.delay(tried);
            pause.pause(delay.compareTo(atLeast) < 0 ? atLeast : delay);
        }
    }

    /** How long an Overseer that cannot serve now asks to be left alone; at most {@link #LONGEST_RETRY_AFTER}. */
    private static Duration retryAfter(HttpResponse<byte[]> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .map(d -> d.compareTo(LONGEST_RETRY_AFTER) < 0 ? d : LONGEST_RETRY_AFTER)
                .orElse(Duration.ZERO);
    }

    private HttpRequest.Builder builder(String path, Limits limits, ReceivedBody received) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(limits.timeout());
        int from = received.resumable();
        if (from > 0) {
            builder.header("Range", "bytes=" + from + "-");
            received.etag().ifPresent(etag -> builder.header("If-Range", etag));
        }
        return builder;
    }

    /** {@link HttpRequest#timeout()} ends with the headers on JDK 17; this one covers the body too. */
    private HttpResponse<byte[]> once(HttpRequest request, Duration timeout, ReceivedBody received)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> pending = http.sendAsync(request, received);
        try {
            return pending.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no whole answer within " + timeout.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            pending.cancel(true);
        }
    }

    private static Answer answer(String name, HttpResponse<byte[]> response)
            throws OverseerRefusal, SSLPeerUnverifiedException {
        if (response.statusCode() >= 400) {
            throw OverseerRefusal.of(name, response.statusCode(), response.body());
        }
        String etag = response.headers().firstValue("ETag").orElse("");
        SSLSession session = response.sslSession().orElseThrow();
        return new Answer(
                response.statusCode(), etag, response.body(), (X509Certificate) session.getPeerCertificates()[0]);
    }
}
