package ai.coreason.enclave.sentry.attestation.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final byte[] BODY = "body".getBytes(StandardCharsets.US_ASCII);

    private FakeService service;

    @BeforeEach
    void open() throws IOException {
        service = new FakeService(NOW);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Answer get() {
        return service.download().get(URI.create(service.uri() + "/a"));
    }

    private static byte[] body(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Found.class);
        return ((Answer.Found) answer).body();
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void get_busyServiceThatAnswersThen_waitsAndHasIt(int status) {
        service.at("/a", FakeService.status(status), FakeService.status(status), FakeService.ok(BODY));
        assertThat(body(get())).isEqualTo(BODY);
        assertThat(service.pauses).hasSize(2);
        assertThat(service.pauses.get(0)).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
        assertThat(service.pauses.get(1)).isBetween(Duration.ofMillis(500), Duration.ofMillis(1000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "Sun, 1 Mar 2026 00:00:07 GMT"})
    void get_retryAfter_isWaitedFor(String after) {
        service.at("/a", FakeService.status(429, BODY, Map.of("Retry-After", after)), FakeService.ok(BODY));
        assertThat(body(get())).isEqualTo(BODY);
        assertThat(service.pauses).containsExactly(Duration.ofSeconds(7));
    }

    @Test
    void get_retryAfterBehindTheDeadline_isToldAndNotWaitedFor() {
        service.at("/a", FakeService.status(429, BODY, Map.of("Retry-After", "600")), FakeService.ok(BODY));
        assertThat(get()).isEqualTo(new Answer.Failed("status 429", NOW.plusSeconds(600)));
        assertThat(service.asked).hasSize(1);
        assertThat(service.pauses).isEmpty();
    }

    @Test
    void get_retryAfterOfAYear_isAnHour() {
        service.at("/a", FakeService.status(503, BODY, Map.of("Retry-After", "31536000")));
        assertThat(get()).isEqualTo(new Answer.Failed("status 503", NOW.plusSeconds(3600)));
    }

    @Test
    void get_serviceThatStaysBusy_isAskedFourTimes() {
        service.at("/a", FakeService.status(503));
        assertThat(get()).isInstanceOf(Answer.Failed.class);
        assertThat(service.asked).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 204})
    void get_otherStatus_isNotTriedAgain(int status) {
        service.at("/a", FakeService.status(status));
        assertThat(get()).isEqualTo(new Answer.Failed("status " + status, NOW));
        assertThat(service.asked).hasSize(1);
    }

    @Test
    void get_404_isAbsent() {
        assertThat(get()).isEqualTo(new Answer.Absent());
        assertThat(service.asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void get_redirect_isNotFollowed(int status) {
        service.at("/b", FakeService.ok(BODY));
        service.at("/a", FakeService.status(status, BODY, Map.of("Location", service.uri() + "/b")));
        assertThat(get()).isEqualTo(new Answer.Failed("status " + status, NOW));
        assertThat(service.asked).containsExactly("/a");
    }

    @Test
    void get_bodyOfOneMebibyte_isTakenAndOneByteMoreRefused() {
        service.at("/a", FakeService.ok(new byte[1 << 20]));
        assertThat(body(get())).hasSize(1 << 20);
        service.asked.clear();
        service.at("/a", FakeService.ok(new byte[(1 << 20) + 1]));
        assertThat(get())
                .isInstanceOfSatisfying(
                        Answer.Failed.class, f -> assertThat(f.why()).contains("more than 1048576 bytes"));
        assertThat(service.asked).hasSize(1);
    }

    @Test
    void get_truncatedBody_isTriedAgain() {
        service.at("/a", FakeService.truncated(BODY), FakeService.ok(BODY));
        assertThat(body(get())).isEqualTo(BODY);
        assertThat(service.asked).hasSize(2);
    }

    @Test
    void get_headersThatDoNotCome_areGivenUpAndTriedAgain() {
        CountDownLatch never = new CountDownLatch(1);
        service.at("/a", exchange -> await(never), FakeService.ok(BODY));
        assertThat(body(slow())).isEqualTo(BODY);
    }

    @Test
    void get_bodyThatStops_isGivenUpAndTriedAgain() {
        CountDownLatch never = new CountDownLatch(1);
        service.at(
                "/a",
                exchange -> {
                    exchange.sendResponseHeaders(200, 10);
                    exchange.getResponseBody().write(BODY);
                    exchange.getResponseBody().flush();
                    await(never);
                },
                FakeService.ok(BODY));
        assertThat(body(slow())).isEqualTo(BODY);
    }

    private Answer slow() {
        Waiting waiting = new Waiting(Duration.ofMillis(300), Duration.ofSeconds(60), 4, Duration.ofMillis(1));
        return service.download(waiting).get(URI.create(service.uri() + "/a"));
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void get_nobodyThere_isFailed() {
        URI uri = URI.create(service.uri() + "/a");
        Download download = service.download();
        service.close();
        assertThat(download.get(uri)).isInstanceOf(Answer.Failed.class);
        assertThat(service.pauses).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://kds.example",
                "http://localhost.example",
                "http://127.0.0.1.example",
                "http://user@127.0.0.1/",
                "https://user@kds.example",
                "https://kds.example/?a=b",
                "https://kds.example/#a",
                "file:///etc/passwd",
                "ftp://kds.example",
                "kds.example",
                "https:///path"
            })
    void service_otherAddress_isRefused(String uri) {
        assertThatThrownBy(() -> Download.service("key_server", URI.create(uri)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("key_server: expected https://");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://kds.example", "https://kds.example:8443/amd/", "http://localhost:1", "http://[::1]:80"})
    void service_secureOrLocalAddress_isTaken(String uri) {
        assertThat(Download.service("key_server", URI.create(uri)).toString()).isEqualTo(uri.replaceAll("/$", ""));
    }
}
