package ai.coreason.enclave.node.loop;

import ai.coreason.enclave.node.overseer.Backoff;
import ai.coreason.enclave.node.overseer.OverseerRefusal;
import ai.coreason.enclave.node.overseer.OverseerUnreachable;
import ai.coreason.enclave.node.overseer.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * The node's one loop: enrols, sends what lies in the outbox, long-polls for a task and has it done, one at a time, until
 * it is stopped. No failure ends it; failures in a row are spaced by a {@link Backoff}. An enrolment that is refused until a person
 * acts is not asked for again and again: the node says so and waits.
 */
public final class TaskLoop implements Runnable {
    private static final System.Logger LOG = System.getLogger(TaskLoop.class.getName());
    private static final int FORBIDDEN = 403;
    private static final Duration POLL = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofSeconds(15);
    private static final int LOOKS = 240; // an hour
    /** So often in a row the node's tokens are refused before it takes that for final. */
    private static final int TOKEN_REFUSALS = 5;

    /** What is done with tasks. */
    public interface Rounds {
        /** Sends again what was finished before and not yet acknowledged. */
        void resend(Session session) throws OverseerRefusal, OverseerUnreachable, InterruptedException;

        /** Does one task, as the Overseer sent it, to its end: an update delivered, or the attempt declined. */
        void take(Session session, JsonNode task) throws OverseerRefusal, OverseerUnreachable, InterruptedException;
    }

    /** What makes a session. */
    @FunctionalInterface
    public interface Enroller {
        Session enrol() throws Exception;

        /** Whether the owner has put another token in place since {@link #enrol} was called last. */
        default boolean hasAnotherToken() throws IOException {
            return false;
        }
    }

    /** An enrolment that was refused until a person acts. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(OverseerRefusal why) {
            super(why.getMessage(), why);
        }
    }

    private final Enroller enroller;
    private final Rounds rounds;
    private final NodeState state;
    private final Backoff backoff;
    private final Backoff.Pause pause;
    private final Clock clock;
    private volatile boolean stopping;
    private volatile Thread thread;
    private Optional<Session> session = Optional.empty();
    private int tokenRefusals;

    /** A loop that does nothing until it is run on a thread of its own. */
    public TaskLoop(
            Enroller enroller, Rounds rounds, NodeState state, Backoff backoff, Backoff.Pause pause, Clock clock) {
        this.enroller = enroller;
        this.rounds = rounds;
        this.state = state;
        this.backoff = backoff;
        this.pause = pause;
        this.clock = clock;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        int failures = 0;
        try {
            while (!stopping) {
                failures = turn() ? 0 : failures + 1;
                if (failures > 0 && !stopping) {
                    pause.pause(backoff.delay(failures));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            LOG.log(System.Logger.Level.INFO, "loop.stopped");
            state.stopped();
        }
    }

    /** Ends the loop: interrupts what waits; a task under way ends at its next wait or call. */
    public void stop() {
        stopping = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /** One turn; false when something failed. */
    private boolean turn() throws InterruptedException {
        try {
            Session current = enrolled();
            rounds.resend(current);
            Optional<JsonNode> task = poll(current);
            state.enrolled(current.epoch());
            if (task.isPresent()) {
                rounds.take(current, task.get());
            }
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Refused e) {
            awaitPeople(e.getMessage());
            return true;
        } catch (OverseerRefusal e) {
            failed("refused", e, e.concernsIdentity());
        } catch (OverseerUnreachable e) {
            failed("unreachable", e, e.concernsIdentity());
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            failed("error", e, false);
            LOG.log(System.Logger.Level.DEBUG, "loop.failed", e);
        }
        return false;
    }

    /** Asks again when the owner has put another token in place, and after an hour, in case it was the operator who acted. */
    private void awaitPeople(String why) throws InterruptedException {
        LOG.log(System.Logger.Level.ERROR, "enrolment.refused, waits for the owner or an operator: {0}", why);
        state.refused(why);
        for (int i = 0; i < LOOKS && !stopping; i++) {
            pause.pause(LOOK);
            try {
                if (enroller.hasAnotherToken()) {
                    return;
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "token.unreadable {0}", e.getMessage());
            }
        }
    }

    /** An Overseer that forbids the poll itself does not know the certificate any more. */
    private Optional<JsonNode> poll(Session current) throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        try {
            return current.client().nextTask(POLL);
        } catch (OverseerRefusal e) {
            if (e.status() == FORBIDDEN) {
                session = Optional.empty();
            }
            throw e;
        }
    }

    private Session enrolled() throws Exception {
        if (session.isEmpty() || !session.get().isCurrent(clock.instant())) {
            session = Optional.empty();
            Session fresh = enrol();
            session = Optional.of(fresh);
            state.enrolled(fresh.epoch());
            LOG.log(System.Logger.Level.INFO, "node.enrolled node={0} epoch={1}", fresh.nodeId(), "" + fresh.epoch());
        }
        return session.get();
    }

    private Session enrol() throws Exception {
        try {
            Session fresh = enroller.enrol();
            tokenRefusals = 0;
            return fresh;
        } catch (OverseerRefusal e) {
            tokenRefusals = e.concernsIdentity() ? tokenRefusals + 1 : 0;
            throw e.waitsForPeople() || tokenRefusals >= TOKEN_REFUSALS ? new Refused(e) : e;
        }
    }

    private void failed(String kind, Throwable e, boolean identity) {
        LOG.log(
                System.Logger.Level.WARNING,
                "loop.{0} {1}: {2}",
                kind,
                e.getClass().getSimpleName(),
                e.getMessage());
        if (identity) {
            session = Optional.empty();
        }
        if (session.isEmpty()) {
            state.notEnrolled(String.valueOf(e.getMessage()));
        } else {
            state.failing(String.valueOf(e.getMessage()));
        }
    }
}
