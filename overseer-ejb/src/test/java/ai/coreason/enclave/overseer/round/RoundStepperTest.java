package ai.coreason.enclave.overseer.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.SmallJob;
import ai.coreason.enclave.overseer.evaluation.HeldOut;
import ai.coreason.enclave.overseer.evaluation.Score;
import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDocuments;
import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.overseer.round.RoundStepper.Step;
import ai.coreason.enclave.overseer.stop.Silent;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.overseer.vault.StartSecret;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.audit.AuditEvent;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.FederationJob;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two jobs under way that invite one node; the older one's sealing key may be lost. */
class RoundStepperTest {
    private static final String LOST = "6f1d2a34-0000-4000-8000-000000000001";
    private static final String GOOD = "6f1d2a34-0000-4000-8000-000000000002";

    @TempDir
    private Path folder;

    private final JobDocuments documents = new JobDocuments(new FederationMode("simulation"));
    private final List<String> events = new ArrayList<>();
    private OverseerDatabase database;
    private EntityManager em;
    private SealingKeys keys;

    @BeforeEach
    void open() {
        database = new OverseerDatabase();
        em = database.entityManager();
        keys = new SealingKeys(new Storage(folder.toString()), StartSecret.of("a secret that nobody else would guess"));
        keys.create(LOST);
        keys.create(GOOD);
        em.getTransaction().begin();
        underWay(LOST, 1);
        underWay(GOOD, 2);
        em.flush();
    }

    @AfterEach
    void close() {
        em.getTransaction().rollback();
        em.close();
        database.close();
    }

    private void underWay(String job, int id) {
        em.createNativeQuery("insert into job (job_id, document, document_digest, job_digest, graph_digest, submitter,"
                        + " job_state, rounds_total, rounds_closed, model_digest, created_at, updated_at, version)"
                        + " values (?, ?, 'd', 'j', 'g', 'ann', 'RUNNING', 1, 0, 'm', current_timestamp,"
                        + " current_timestamp, 1)")
                .setParameter(1, job)
                .setParameter(2, SmallJob.document().toString())
                .executeUpdate();
        TrainingPlan training = new TrainingPlan(Mechanism.DP_SGD, 5, 0.1, 1, 1, 16, 0.5);
        em.createNativeQuery("insert into participation (id, job_id, node_id, plan_json, participation_state, version)"
                        + " values (?, ?, 'a', ?, 'ACTIVE', 1)")
                .setParameter(1, id)
                .setParameter(2, job)
                .setParameter(3, new NodePlan("a", "heart", 160, training, 3, 1e-3, 1).text())
                .executeUpdate();
        Instant now = Instant.now();
        Round round = new Round(new AttemptKey(job, 1, 1), "0".repeat(64), now, now.plusSeconds(600));
        em.persist(round);
        em.persist(new Contribution(round, "a", "A".repeat(43) + "="));
        em.flush();
    }

    private StopOrders stops() {
        return new StopOrders(em, new AuditLog(), new Silent<>());
    }

    private void lose(Consumer<Path> how) {
        how.accept(folder.resolve("keys").resolve(LOST));
    }

    private void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private RoundStepper stepper() {
        AuditLog audit = new AuditLog() {
            @Override
            public void append(String event, ObjectNode details) {
                events.add(event + " " + new String(Json.write(details), StandardCharsets.UTF_8));
            }
        };
        RoundOpener opener = new RoundOpener() {
            @Override
            public List<String> open(
                    Job job, FederationJob document, AttemptKey next, List<? extends AuditEvent> before) {
                return List.of("round " + next.round() + "." + next.attempt());
            }
        };
        return new RoundStepper(em, opener, documents, audit, stops(), keys);
    }

    @Test
    void task_keyOfAnOlderJobIsMissingOrDoesNotOpen_isThatOfTheOtherJob() {
        RoundDesk desk = new RoundDesk(em, keys, documents, new AuditLog(), stops(), new Silent<>());
        assertThat(desk.task("a").map(t -> t.key().jobId())).contains(LOST);

        lose(file -> write(file, new byte[60]));
        assertThat(desk.task("a").map(t -> t.key().jobId())).contains(GOOD);
        lose(file -> write(file, new byte[0]));
        assertThat(desk.task("a").map(t -> t.key().jobId())).contains(GOOD);
        lose(file -> keys.destroy(LOST));
        assertThat(desk.task("a").map(t -> t.key().jobId())).contains(GOOD);
    }

    @Test
    void step_everySecondOfAnOpenRound_parsesTheJobOnce() {
        Step first = aggregating();
        Step again = stepper().step(GOOD);

        assertThat(((Step.Aggregate) again).job()).isSameAs(((Step.Aggregate) first).job());
    }

    /** The step of a round whose node has sent its update. */
    private Step aggregating() {
        em.createNativeQuery("update contribution set contribution_state = 'ADMITTED' where job_id = ?")
                .setParameter(1, GOOD)
                .executeUpdate();
        em.clear();
        return stepper().step(GOOD);
    }

    @Test
    void step_keyIsMissing_failsTheJobByName() {
        lose(file -> keys.destroy(LOST));

        assertThat(stepper().step(LOST)).isEqualTo(new RoundStepper.Step.Wait());

        assertFailed("job " + LOST + ": its sealing key is destroyed");
    }

    @Test
    void step_keyWasSealedUnderAnotherSecret_failsTheJobByName() {
        keys = new SealingKeys(
                new Storage(folder.toString()), StartSecret.of("another secret that nobody would guess"));

        stepper().step(LOST);

        assertFailed("job " + LOST + ": its sealing key was sealed under another secret, or changed on disk");
    }

    @Test
    void step_attemptWhoseNodesAllDeclined_isFollowedAfterAPauseAndNotAtOnce() {
        em.createQuery("select c from Contribution c where c.jobId = :job", Contribution.class)
                .setParameter("job", GOOD)
                .getSingleResult()
                .decline("INTERNAL: the share is away");

        assertThat(stepper().step(GOOD)).isEqualTo(new RoundStepper.Step.Wait());
        assertThat(stepper().step(GOOD)).isEqualTo(new RoundStepper.Step.Wait());

        Round round = new RoundTable(em).last(GOOD, 1).orElseThrow();
        assertThat(round.state()).isEqualTo(RoundState.ABANDONED);
        assertThat(round.followedAt()).isEqualTo(round.endedAt().orElseThrow().plusSeconds(5));
    }

    @Test
    void step_attemptAbandonedAfterItsDeadline_isFollowedAtOnce() {
        em.createQuery("update Round r set r.deadline = :past")
                .setParameter("past", Instant.now().minusSeconds(1))
                .executeUpdate();
        em.clear();

        assertThat(stepper().step(GOOD)).isEqualTo(new RoundStepper.Step.Opened(List.of("round 1.2")));
    }

    @Test
    void followedAt_laterAttempt_isLaterAndNeverAfterItsDeadline() {
        Instant now = Instant.now();
        Round second = new Round(new AttemptKey(GOOD, 1, 2), "0".repeat(64), now, now.plusSeconds(600));
        Round brief = new Round(new AttemptKey(GOOD, 1, 1), "0".repeat(64), now, now.plusSeconds(2));
        second.abandon();
        brief.abandon();

        assertThat(second.followedAt()).isEqualTo(second.endedAt().orElseThrow().plusSeconds(30));
        assertThat(brief.followedAt()).isEqualTo(brief.deadline());
    }

    private Contribution invited() {
        return em.createQuery("select c from Contribution c where c.jobId = :job", Contribution.class)
                .setParameter("job", GOOD)
                .getSingleResult();
    }

    private Round last() {
        return new RoundTable(em).last(GOOD, 1).orElseThrow();
    }

    private void admit() {
        invited().upload(new Upload("a".repeat(64), "b".repeat(64), 1));
        invited().admit(0, Map.of());
    }

    @Test
    void step_somethingIsAwaited_waits() {
        assertThat(stepper().step(GOOD)).isEqualTo(new RoundStepper.Step.Wait());
        assertThat(last().state()).isEqualTo(RoundState.OPEN);
    }

    @Test
    void step_allAdmitted_aggregatesAndDoesSoAgainAfterACrash() {
        admit();

        for (int delivery = 0; delivery < 2; delivery++) {
            assertThat(stepper().step(GOOD)).isInstanceOfSatisfying(RoundStepper.Step.Aggregate.class, a -> {
                assertThat(a.round().state()).isEqualTo(RoundState.AGGREGATING);
                assertThat(a.admitted()).containsExactly(invited());
            });
        }
    }

    @Test
    void step_noAttemptYet_opensTheFirst() {
        em.createQuery("delete from Contribution c").executeUpdate();
        em.createQuery("delete from Round r").executeUpdate();
        em.clear();

        assertThat(stepper().step(GOOD)).isEqualTo(new RoundStepper.Step.Opened(List.of("round 1.1")));
    }

    @Test
    void step_thirdAttemptAbandoned_failsTheJob() {
        em.createQuery("update Round r set r.attempt = 3").executeUpdate();
        em.createQuery("update Contribution c set c.attempt = 3").executeUpdate();
        em.clear();
        invited().decline("INTERNAL: the share is away");

        assertThat(stepper().step(GOOD)).isEqualTo(new RoundStepper.Step.Wait());

        Job job = em.find(Job.class, GOOD);
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.reason())
                .contains("round 1 was abandoned 3 times: fewer than min_clients 1 updates came in time");
        assertThat(events)
                .containsExactly(
                        "round.abandoned {\"job_id\":\"" + GOOD
                                + "\",\"round\":1,\"attempt\":3,\"updates\":0,\"min_clients\":1}",
                        "job.failed {\"job_id\":\"" + GOOD + "\",\"reason\":\""
                                + job.reason().orElseThrow() + "\"}");
    }

    /** Orders that the audit log of these tests is not told. */
    private StopOrders untold() {
        return new StopOrders(
                em,
                new AuditLog() {
                    @Override
                    public void append(String event, ObjectNode details) {}
                },
                new Silent<>());
    }

    @Test
    void step_frozenEndedOrUnknownJob_waits() {
        admit();
        StopOrders stops = untold();
        stops.stop(StopOrder.Kind.JOB, GOOD, "operator");
        assertThat(stepper().step(GOOD)).isEqualTo(new RoundStepper.Step.Wait());
        assertThat(last().state()).isEqualTo(RoundState.OPEN);
        stops.lift(StopOrder.Kind.JOB, GOOD, "operator");

        em.find(Job.class, GOOD).moveTo(JobState.CANCELLED, "");
        assertThat(stepper().step(GOOD)).isEqualTo(new RoundStepper.Step.Wait());
        assertThat(last().state()).isEqualTo(RoundState.OPEN);
        assertThat(stepper().step("another")).isEqualTo(new RoundStepper.Step.Wait());
    }

    @Test
    void spoil_aggregateOutOfRange_endsTheJobOnceWithItsReason() {
        admit();
        stepper().step(GOOD);

        stepper().spoil(GOOD, last(), "no weights");
        stepper().spoil(GOOD, last(), "no weights");

        assertThat(last().state()).isEqualTo(RoundState.ABANDONED);
        assertThat(events)
                .containsExactly(
                        "round.abandoned {\"job_id\":\"" + GOOD
                                + "\",\"round\":1,\"attempt\":1,\"reason\":\"no weights\"}",
                        "job.failed {\"job_id\":\"" + GOOD + "\",\"reason\":\"round 1: no weights\"}");
    }

    @Test
    void close_roundThatIsNotAggregating_waits() {
        assertThat(stepper().close(GOOD, last(), "c".repeat(64), Optional.empty()))
                .isEqualTo(new RoundStepper.Step.Wait());
        assertThat(last().state()).isEqualTo(RoundState.OPEN);
    }

    private RoundStepper.Step closed(Optional<HeldOut> heldOut) {
        admit();
        stepper().step(GOOD);
        events.clear();
        RoundStepper.Step next = stepper().close(GOOD, last(), "c".repeat(64), heldOut);
        em.flush();
        em.clear();
        return next;
    }

    @Test
    void close_lastRound_completesTheJobWithItsModelAndTellsBothInOrder() {
        assertThat(closed(Optional.empty())).isEqualTo(new RoundStepper.Step.Wait());

        Job job = em.find(Job.class, GOOD);
        assertThat(job.state()).isEqualTo(JobState.COMPLETED);
        assertThat(job.roundsClosed()).isEqualTo(1);
        assertThat(job.modelDigest()).isEqualTo("c".repeat(64));
        assertThat(last().modelDigest()).contains("c".repeat(64));
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).startsWith("round.closed ");
        assertThat(events.get(1)).startsWith("job.completed ");
    }

    @Test
    void close_roundBeforeTheLast_opensTheNext() {
        em.createQuery("update Job j set j.roundsTotal = 2").executeUpdate();
        em.clear();

        assertThat(closed(Optional.empty())).isEqualTo(new RoundStepper.Step.Opened(List.of("round 2.1")));
        assertThat(em.find(Job.class, GOOD).state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void close_frozenMeanwhile_waitsAndKeepsTheRound() {
        admit();
        stepper().step(GOOD);
        untold().stop(StopOrder.Kind.JOB, GOOD, "operator");

        assertThat(stepper().close(GOOD, last(), "c".repeat(64), Optional.empty()))
                .isEqualTo(new RoundStepper.Step.Wait());
        assertThat(last().state()).isEqualTo(RoundState.AGGREGATING);
    }

    @Test
    void close_figuresOnPublicRecords_areKeptWithTheirNotes() {
        HeldOut measured = new HeldOut.Measured(
                new Score(7, OptionalDouble.of(0.25), OptionalDouble.empty()), "1 of 8 records miss x");
        closed(Optional.of(measured));

        assertThat(last().heldOut()).contains(measured);
    }

    @Test
    void close_publicRecordsThatSayNothing_keepsWhy() {
        closed(Optional.of(new HeldOut.Refused("w".repeat(2 * HeldOut.MAX_TEXT))));

        assertThat(last().heldOut()).contains(new HeldOut.Refused("w".repeat(HeldOut.MAX_TEXT - 1) + "…"));
    }

    private void assertFailed(String why) {
        Job job = em.find(Job.class, LOST);
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.reason()).contains(why);
        assertThat(events).containsExactly("job.failed {\"job_id\":\"" + LOST + "\",\"reason\":\"" + why + "\"}");
    }
}
