package ai.coreason.enclave.overseer.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.enrolment.NodeQuarantined;
import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.overseer.job.JobDocuments;
import ai.coreason.enclave.overseer.stop.Silent;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.overseer.vault.StartSecret;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two that lock the same rows in another order wait for each other until one of them is thrown out. So each call of the desk and of the
 * stepper locks a job before its contributions, and several jobs in the order of their ids.
 */
class LockOrderTest {
    private static final String FIRST = "6f1d2a34-0000-4000-8000-000000000001";
    private static final String SECOND = "6f1d2a34-0000-4000-8000-000000000002";
    private static final String ENVELOPE = "b".repeat(64);
    private static final Upload UPLOAD = new Upload("a".repeat(64), ENVELOPE, 9);

    @TempDir
    private Path folder;

    private final LocksSeen locks = new LocksSeen();
    private final AuditLog audit = new AuditLog() {
        @Override
        public void append(String event, ObjectNode details) {}
    };
    private OverseerDatabase database;
    private EntityManager em;
    private ContributionKey first;
    private ContributionKey second;
    private RoundDesk desk;
    private RoundStepper stepper;

    @BeforeEach
    void open() {
        database = new OverseerDatabase();
        EntityManager real = database.entityManager();
        em = locks.watching(real);
        SealingKeys keys = new SealingKeys(
                new Storage(folder.toString()), StartSecret.of("a secret that nobody else would guess"));
        keys.create(FIRST);
        keys.create(SECOND);
        StopOrders stops = new StopOrders(real, audit, new Silent<>());
        JobDocuments documents = new JobDocuments(new FederationMode("simulation"));
        desk = new RoundDesk(em, keys, documents, audit, stops, new Silent<>());
        stepper = new RoundStepper(em, new RoundOpener(), documents, audit, stops, keys);
        em.getTransaction().begin();
        RoundsUnderWay rounds = new RoundsUnderWay(real);
        second = rounds.add(SECOND, "a"); // the one with the later id came first
        first = rounds.add(FIRST, "a");
        new LedgerMirror(real)
                .register("a", new Dataset("owner_a", "heart", PrivacyUnit.RECORD, 160, 1e-3, 5.0, false));
        locks.taken();
    }

    @AfterEach
    void close() {
        em.getTransaction().rollback();
        em.close();
        database.close();
    }

    private List<String> lockedBy(Runnable call) {
        locks.taken();
        call.run();
        return locks.taken();
    }

    @Test
    void anyCallForOneJob_locksTheJobBeforeTheContribution() {
        assertThat(lockedBy(() -> desk.uploaded(first, UPLOAD, digest -> true))).isEqualTo(LocksSeen.of(first));
        assertThat(lockedBy(() -> desk.awaited(first, ENVELOPE))).isEqualTo(LocksSeen.of(first));
        assertThat(lockedBy(() -> desk.awaitsJudgement(first))).isEqualTo(LocksSeen.of(first));
        assertThat(lockedBy(() -> desk.admitted(first, 1, Map.of()))).isEqualTo(LocksSeen.of(first));
        assertThat(lockedBy(() -> desk.declined(second, DeclineReason.BUDGET, "3.1 of 3.0")))
                .isEqualTo(LocksSeen.of(second));
    }

    @Test
    void rejected_update_locksTheJobBeforeTheContribution() {
        desk.uploaded(first, UPLOAD, digest -> true);

        assertThat(lockedBy(() -> desk.rejected(first, "why"))).isEqualTo(LocksSeen.of(first));
    }

    @Test
    void expel_nodeOfTwoJobs_locksThemInTheOrderOfTheirIds() {
        List<String> inOrder =
                Stream.of(first, second).flatMap(k -> LocksSeen.of(k).stream()).toList();

        assertThat(lockedBy(() -> desk.expel("a", "revoked: by an operator"))).isEqualTo(inOrder);
    }

    @Test
    void quarantined_nodeOfTwoJobs_locksThemInTheOrderOfTheirIds() {
        List<String> inOrder =
                Stream.of(first, second).flatMap(k -> LocksSeen.of(k).stream()).toList();

        assertThat(lockedBy(() -> desk.quarantined(new NodeQuarantined("a", "its evidence does not hold"))))
                .isEqualTo(inOrder);
    }

    @Test
    void anyStep_locksItsJobAlone() {
        Round round = new RoundTable(em).last(FIRST, 1).orElseThrow();
        for (Runnable step : List.<Runnable>of(
                () -> stepper.step(FIRST),
                () -> stepper.close(FIRST, round, ENVELOPE, Optional.empty()),
                () -> stepper.spoil(FIRST, round, "why"),
                () -> stepper.fail(FIRST, "why"))) {
            assertThat(lockedBy(step)).containsOnly("Job " + FIRST);
        }
        assertThat(lockedBy(stepper::underWay)).isEmpty();
    }

    @Test
    void anyReading_locksNothing() {
        assertThat(lockedBy(() -> {
                    desk.task("a");
                    desk.base(FIRST, 1, "a");
                    desk.terms(FIRST, 1, "a");
                    desk.contribution(FIRST, 1, "a");
                    desk.contribution(first);
                }))
                .isEmpty();
    }

    /** So that a call that is added later is added here. */
    @Test
    void everyPublicCall_isOneOfThese() {
        assertThat(callsOf(RoundDesk.class))
                .containsExactlyInAnyOrder(
                        "uploaded",
                        "awaited",
                        "awaitsJudgement",
                        "declined",
                        "admitted",
                        "rejected",
                        "quarantined",
                        "expel",
                        "task",
                        "base",
                        "terms",
                        "contribution");
        assertThat(callsOf(RoundStepper.class)).containsExactlyInAnyOrder("underWay", "step", "close", "spoil", "fail");
    }

    private static Set<String> callsOf(Class<?> bean) {
        return Arrays.stream(bean.getDeclaredMethods())
                .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.isSynthetic())
                .map(Method::getName)
                .collect(Collectors.toSet());
    }
}
