package ai.coreason.enclave.launcher.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * The readiness that a server tells about itself (MicroProfile Health).
 *
 * @param client reaches the server
 * @param base scheme, host and port
 */
public record Health(HttpClient client, URI base) {
    private static final int OK = 200;
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** Whether it says that it is ready; a server that does not answer is not. */
    public boolean ready() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/health/ready"))
                .timeout(ANSWER)
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException e) {
            return false;
        }
    }
}
