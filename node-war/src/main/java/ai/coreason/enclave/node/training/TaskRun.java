package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.node.loop.TaskLoop;
import ai.coreason.enclave.node.overseer.OverseerRefusal;
import ai.coreason.enclave.node.overseer.OverseerUnreachable;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.node.training.RoundBooks.Outgoing;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.RoundTask;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/**
 * What the node does with one task: an update that was sealed before is sent again; anything else is trained once, or
 * declined with its reason. An update that was sealed is never declined: one that cannot be sent now, as its session is
 * over, the Overseer away or no quote to be had, waits in the outbox. Not thread-safe; a node runs one task at a time.
 */
public final class TaskRun implements TaskLoop.Rounds {
    private static final System.Logger LOG = System.getLogger(TaskRun.class.getName());

    private final JobRules rules;
    private final RoundBooks books;
    private final RoundTraining training;
    private final Delivery delivery;
    private final Clock clock;

    /**
     * @param rules what jobs may ask for here
     * @param books what the node keeps
     */
    public TaskRun(JobRules rules, RoundBooks books, RoundTraining training, Clock clock) {
        this.rules = rules;
        this.books = books;
        this.training = training;
        this.delivery = new Delivery(books, training.seal());
        this.clock = clock;
    }

    @Override
    public void resend(Session session) throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        delivery.sendPending(session);
    }

    @Override
    public void take(Session session, JsonNode json) throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        RoundTask task;
        try {
            task = RoundTask.parse(json, rules);
        } catch (InvalidDocument e) {
            declineUnread(session, json, e);
            return;
        }
        AttemptKey key = task.key();
        LOG.log(System.Logger.Level.INFO, "task.taken {0} job={1}", key, task.jobDigest());
        Optional<Declined> declined = prepare(session, task, key);
        if (declined.isPresent()) {
            decline(session, key, declined.get());
        } else if (session.isCurrent(clock.instant())) {
            delivery.send(session, key);
        }
        books.forgetBefore(key.jobId(), key.round());
    }

    /** Sees to it that the attempt's sealed update lies in the outbox, or says why it does not. */
    private Optional<Declined> prepare(Session session, RoundTask task, AttemptKey key)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        try {
            Optional<Outgoing> before = books.outgoing(key);
            if (before.isEmpty()) {
                training.train(session, task, key);
            } else if (before.get().kept().isEmpty()) {
                throw new Declined(
                        DeclineReason.INTERNAL,
                        "the update of this attempt was handed in and its bytes were given up since");
            }
            return Optional.empty();
        } catch (Declined e) {
            return Optional.of(e);
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
            return Optional.of(new Declined(DeclineReason.INTERNAL, Fault.of(e), "the node failed; its log says why"));
        }
    }

    /** A task that this node cannot read is declined all the same, if it says which attempt it is. */
    private static void declineUnread(Session session, JsonNode json, InvalidDocument e)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        String jobId;
        try {
            jobId = Formats.uuid(JsonFields.of(json, ""), "job_id");
        } catch (InvalidDocument notAnId) {
            throw e;
        }
        long round = json.path("round").asLong();
        long attempt = json.path("attempt").asLong();
        if (round < 1 || attempt < 1 || attempt > AttemptKey.MAX_ATTEMPTS) {
            throw e;
        }
        decline(session, new AttemptKey(jobId, round, attempt), new Declined(DeclineReason.POLICY, e.getMessage()));
    }

    private static void decline(Session session, AttemptKey key, Declined why)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        LOG.log(System.Logger.Level.WARNING, "task.declined {0} reason={1}: {2}", key, why.reason(), why.getMessage());
        session.client().decline(key, why.reason(), why.told());
    }
}
