package ai.coreason.enclave.sentry.attestation.http;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Documents of at most 1 MiB over HTTPS. No redirect is followed. Answers 429 and 5xx, timeouts and broken connections are
 * tried again after a pause that doubles, a random part of it, and not before the service's {@code Retry-After}. Thread-safe.
 */
public final class Download {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

    private final Waiting waiting;
    private final Clock clock;
    private final Pause pause;
    private final HttpClient client;

    /** A wait, which a test replaces. */
    @FunctionalInterface
    public interface Pause {
        /** Waits. */
        void of(Duration time) throws InterruptedException;
    }

    public Download(Waiting waiting, Clock clock, Pause pause) {
        this.waiting = waiting;
        this.clock = clock;
        this.pause = pause;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(waiting.attempt())
                .build();
    }

    public Clock clock() {
        return clock;
    }

    /**
     * The address of a service.
     *
     * @throws IllegalArgumentException if it is not https (on this machine itself also http) with a host, and no more than
     *     port and path besides
     */
    public static URI service(String name, URI given) {
        boolean secure = "https".equals(given.getScheme());
        boolean local = "http".equals(given.getScheme())
                && given.getHost() != null
                && given.getHost().matches("localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1]");
        if (!secure && !local
                || given.getHost() == null
                || given.getRawUserInfo() != null
                || given.getRawQuery() != null
                || given.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    name + ": expected https://HOST[:PORT][/PATH], or http for this machine itself, got scheme "
                            + given.getScheme() + " and host " + given.getHost());
        }
        return URI.create(given.toString().replaceAll("/+$", ""));
    }

    /** Fetches a document. */
    public Answer get(URI uri) {
        Instant deadline = clock.instant().plus(waiting.total());
        Answer.Failed last = null;
        for (int i = 0; i < waiting.attempts(); i++) {
            if (i > 0 && !pause(i, last.notBefore(), deadline)) {
                return last;
            }
            Duration left = Duration.between(clock.instant(), deadline);
            if (left.isNegative() || left.isZero()) {
                break;
            }
            Attempt attempt = attempt(uri, left.compareTo(waiting.attempt()) < 0 ? left : waiting.attempt());
            if (!attempt.again) {
                return attempt.answer;
            }
            last = (Answer.Failed) attempt.answer;
        }
        return last == null ? failed("no time left") : last;
    }

    private boolean pause(int before, Instant notBefore, Instant deadline) {
        long most = waiting.pause().toMillis() << (before - 1);
        Duration time = Duration.ofMillis(RANDOM.nextLong(most / 2, most + 1));
        Duration asked = Duration.between(clock.instant(), notBefore);
        if (asked.compareTo(time) > 0) {
            time = asked;
        }
        if (!clock.instant().plus(time).isBefore(deadline)) {
            return false;
        }
        try {
            pause.of(time);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private record Attempt(Answer answer, boolean again) {}

    private Attempt attempt(URI uri, Duration time) {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(time).GET().build();
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request, info -> new BoundedBody(ByteReader.MAX_EVIDENCE));
        try {
            return judged(response.get(time.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            response.cancel(true);
            return new Attempt(failed("no answer in " + time), true);
        } catch (InterruptedException e) {
            response.cancel(true);
            Thread.currentThread().interrupt();
            return new Attempt(failed("interrupted"), false);
        } catch (ExecutionException e) {
            boolean again = e.getCause() instanceof IOException && !(e.getCause() instanceof BoundedBody.TooLong);
            return new Attempt(failed(e.getCause().toString()), again);
        }
    }

    private Attempt judged(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status == 200) {
            return new Attempt(new Answer.Found(response.body(), response.headers()), false);
        }
        if (status == 404) {
            return new Attempt(new Answer.Absent(), false);
        }
        Instant now = clock.instant();
        Instant notBefore = response.headers()
                .firstValue("Retry-After")
                .map(v -> retryAfter(v, now))
                .orElse(now);
        return new Attempt(new Answer.Failed("status " + status, notBefore), status == 429 || status >= 500);
    }

    /** Seconds or a date (RFC 9110, section 10.2.3), an hour at most. */
    private static Instant retryAfter(String value, Instant now) {
        Instant latest = now.plus(LONGEST_RETRY_AFTER);
        try {
            Instant asked = value.matches("[0-9]{1,9}")
                    ? now.plusSeconds(Long.parseLong(value))
                    : ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
            return asked.isAfter(latest) ? latest : asked;
        } catch (DateTimeException e) {
            return now;
        }
    }

    private Answer.Failed failed(String why) {
        return new Answer.Failed(why, clock.instant());
    }
}
