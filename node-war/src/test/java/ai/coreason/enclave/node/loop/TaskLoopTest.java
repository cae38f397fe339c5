package ai.coreason.enclave.node.loop;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.node.loop.NodeState.Standing;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.node.overseer.TlsOverseer;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpHandler;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaskLoopTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final HttpHandler NOTHING = TlsOverseer.answer(204, "text/plain", new byte[0]);
    private static final HttpHandler TASK =
            TlsOverseer.answer(200, "application/json", "{\"round\":1}".getBytes(StandardCharsets.UTF_8));

    private final NodeState state = new NodeState();
    private final List<Duration> pauses = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final Deque<HttpHandler> answers = new ArrayDeque<>();
    private TlsOverseer overseer;
    private TaskLoop loop;
    private int enrolments;
    private Instant renewAt = NOW.plusSeconds(3600);

    @BeforeEach
    void start() throws Exception {
        overseer = new TlsOverseer();
        overseer.on("/tasks/next", exchange -> {
            HttpHandler next = answers.poll();
            if (next == null) {
                loop.stop();
                next = NOTHING;
            }
            next.handle(exchange);
        });
    }

    @AfterEach
    void stop() {
        overseer.close();
    }

    @Test
    void run_taskThatFails_goesOnWithTheNext() {
        answers.addAll(List.of(TASK, TASK));

        run(new Recorder() {
            @Override
            public void take(Session session, JsonNode task) {
                super.take(session, task);
                if (done.size() == 2) {
                    throw new IllegalStateException("a fault of one task");
                }
            }
        });

        assertThat(done).startsWith("resend", "take 1", "resend", "take 1");
        assertThat(pauses).hasSize(1);
        assertThat(enrolments).isEqualTo(1);
        assertThat(state.now().standing()).isEqualTo(Standing.STOPPED);
    }

    @Test
    void run_taskThatEndsInALinkageError_goesOn() {
        answers.addAll(List.of(TASK, NOTHING));

        run(new Recorder() {
            @Override
            public void take(Session session, JsonNode task) {
                throw new UnsatisfiedLinkError("no native library");
            }
        });

        assertThat(done).startsWith("resend", "resend");
        assertThat(enrolments).isEqualTo(1);
    }

    @Test
    void run_certificateRefused_enrolsAnew() {
        answers.addAll(List.of(TlsOverseer.problem(401, "unauthenticated", "a later epoch is enrolled"), NOTHING));

        run(new Recorder());

        assertThat(enrolments).isEqualTo(2);
    }

    @Test
    void run_pollForbidden_enrolsAnew() {
        answers.addAll(List.of(TlsOverseer.problem(403, "forbidden", "not the node's last certificate"), NOTHING));

        run(new Recorder());

        assertThat(enrolments).isEqualTo(2);
    }

    @Test
    void run_requestRefused_keepsTheSession() {
        answers.addAll(List.of(TlsOverseer.problem(404, "not-found", "no tasks here"), NOTHING));

        run(new Recorder());

        assertThat(enrolments).isEqualTo(1);
        assertThat(pauses).isNotEmpty();
    }

    @Test
    void run_overseerFailsThreeTimes_spacesTheTriesAndForgetsAfterwards() {
        HttpHandler down = TlsOverseer.answer(503, "text/plain", new byte[0]);
        answers.addAll(List.of(down, down, down, NOTHING, down, NOTHING));

        run(new Recorder());

        assertThat(pauses).hasSizeGreaterThanOrEqualTo(4);
        assertThat(pauses.get(0)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
        assertThat(pauses.get(2)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(pauses.get(3)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    }

    @Test
    void run_certificateAboutToExpire_enrolsBeforeEachPoll() {
        renewAt = NOW;
        answers.addAll(List.of(NOTHING, NOTHING));

        run(new Recorder());

        assertThat(enrolments).isEqualTo(3);
    }

    @Test
    void run_enrolmentRefused_isNotEnrolledAndSaysWhy() {
        loop = new TaskLoop(
                () -> {
                    throw new java.io.IOException("token: no such file");
                },
                new Recorder(),
                state,
                TlsOverseer.backoff(),
                delay -> {
                    done.add(
                            state.now().standing() + " " + state.now().problem().orElse(""));
                    loop.stop();
                },
                Clock.fixed(NOW, ZoneOffset.UTC));

        loop.run();
        Thread.interrupted();

        assertThat(done).containsExactly("NOT_ENROLLED token: no such file");
    }

    @Test
    void run_registrationRefused_asksOnceAnHourAndSaysWhatItWaitsFor() {
        overseer.on(
                "/enrolments/nonces",
                TlsOverseer.problem(
                        409, "registration-refused", "datasets[0].declared_rows: expected at most 10, got 20"));
        List<String> seen = new ArrayList<>();

        runRefused(seen, 300, () -> false);

        assertThat(enrolments).isEqualTo(2);
        assertThat(pauses).hasSize(300).containsOnly(Duration.ofSeconds(15));
        assertThat(seen).allSatisfy(s -> assertThat(s).startsWith("REFUSED ").contains("expected at most 10, got 20"));
    }

    @Test
    void run_revokedAndAnotherTokenPutInPlace_enrolsAtOnce() {
        overseer.on("/enrolments/nonces", TlsOverseer.problem(403, "node-revoked", "node_id: expected another"));
        List<String> seen = new ArrayList<>();

        runRefused(seen, 3, () -> enrolments == 1 && pauses.size() == 2);

        assertThat(enrolments).isEqualTo(2);
    }

    @Test
    void run_tokensRefusedAgainAndAgain_waitsForAnother() {
        overseer.on("/enrolments/nonces", TlsOverseer.problem(401, "unauthenticated", "token: expected another"));
        List<String> seen = new ArrayList<>();

        runRefused(seen, 100, () -> false);

        assertThat(enrolments).isEqualTo(5);
        assertThat(seen.get(3)).startsWith("NOT_ENROLLED ");
        assertThat(seen.get(4)).startsWith("REFUSED ");
    }

    @Test
    void run_enrolmentRefusedForTheMoment_isAskedForAsBefore() {
        overseer.on("/enrolments/nonces", TlsOverseer.problem(429, "too-many", "ask again"));
        List<String> seen = new ArrayList<>();

        runRefused(seen, 5, () -> false);

        assertThat(enrolments).isEqualTo(5);
        assertThat(seen).allSatisfy(s -> assertThat(s).startsWith("NOT_ENROLLED "));
    }

    /** Enrols in vain until it has paused so often. */
    private void runRefused(List<String> seen, int most, BooleanSupplier another) {
        loop = new TaskLoop(
                new TaskLoop.Enroller() {
                    @Override
                    public Session enrol() throws Exception {
                        enrolments++;
                        overseer.client(delay -> {}).nonce("node_a");
                        throw new IllegalStateException("expected a refusal");
                    }

                    @Override
                    public boolean hasAnotherToken() {
                        return another.getAsBoolean();
                    }
                },
                new Recorder(),
                state,
                TlsOverseer.backoff(),
                delay -> {
                    pauses.add(delay);
                    seen.add(
                            state.now().standing() + " " + state.now().problem().orElse(""));
                    if (pauses.size() == most) {
                        loop.stop();
                    }
                },
                Clock.fixed(NOW, ZoneOffset.UTC));
        loop.run();
        Thread.interrupted();
    }

    @Test
    void stop_whilePolling_endsTheLoop() throws Exception {
        CountDownLatch polled = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        answers.add(exchange -> {
            polled.countDown();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Thread thread = new Thread(() -> run(new Recorder()));
        thread.start();

        polled.await();
        loop.stop();
        thread.join();
        ended.countDown();

        assertThat(state.now().standing()).isEqualTo(Standing.STOPPED);
    }

    private void run(TaskLoop.Rounds rounds) {
        loop = new TaskLoop(
                () -> new Session(
                        overseer.client(pauses::add),
                        "node_a",
                        ++enrolments,
                        "00".repeat(48),
                        overseer.signer("node_a"),
                        overseer.trust(),
                        renewAt),
                rounds,
                state,
                TlsOverseer.backoff(),
                pauses::add,
                Clock.fixed(NOW, ZoneOffset.UTC));
        loop.run();
        Thread.interrupted();
    }

    private class Recorder implements TaskLoop.Rounds {
        @Override
        public void resend(Session session) {
            done.add("resend");
        }

        @Override
        public void take(Session session, JsonNode task) {
            done.add("take " + task.path("round").asText());
        }
    }
}
