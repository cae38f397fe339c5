package ai.coreason.enclave.overseer.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.enrolment.NodeQuarantined;
import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.overseer.job.JobDocuments;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.job.ParticipationState;
import ai.coreason.enclave.overseer.job.ParticipationTable;
import ai.coreason.enclave.overseer.stop.Silent;
import ai.coreason.enclave.overseer.stop.StopOrder;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundDeskTest {
    private static final String JOB = "6f1d2a34-0000-4000-8000-000000000001";
    private static final String SEALED = "a".repeat(64);
    private static final String ENVELOPE = "b".repeat(64);
    private static final Upload UPLOAD = new Upload(SEALED, ENVELOPE, 9);

    private static final Predicate<String> HELD = digest -> true;
    private static final Dataset HEART = new Dataset("owner_a", "heart", PrivacyUnit.RECORD, 160, 1e-3, 5.0, false);

    @TempDir
    private Path folder;

    private final List<String> events = new ArrayList<>();
    private final List<Runnable> whenTold = new ArrayList<>();
    private SealingKeys keys;
    private OverseerDatabase database;
    private EntityManager em;
    private RoundsUnderWay rounds;
    private RoundDesk desk;
    private ContributionKey key;

    @BeforeEach
    void open() {
        database = new OverseerDatabase();
        em = database.entityManager();
        keys = new SealingKeys(new Storage(folder.toString()), StartSecret.of("a secret that nobody else would guess"));
        keys.create(JOB);
        AuditLog audit = new AuditLog() {
            @Override
            public void append(String event, ObjectNode details) {
                whenTold.forEach(Runnable::run);
                events.add(event + " " + new String(Json.write(details), StandardCharsets.UTF_8));
            }
        };
        StopOrders stops = new StopOrders(em, audit, new Silent<>());
        desk = new RoundDesk(
                em, keys, new JobDocuments(new FederationMode("simulation")), audit, stops, new Silent<>());
        em.getTransaction().begin();
        rounds = new RoundsUnderWay(em);
        key = rounds.add(JOB, "a");
        new LedgerMirror(em).register("a", HEART);
    }

    @AfterEach
    void close() {
        em.getTransaction().rollback();
        em.close();
        database.close();
    }

    private Participation participation() {
        return new ParticipationTable(em).of(JOB, "a");
    }

    private ContributionState state() {
        return rounds.find(key).state();
    }

    @Test
    void declined_forTheBudget_takesTheNodeOutOfTheJobAndIsToldOnce() {
        desk.declined(key, DeclineReason.BUDGET, "3.1 of 3.0");
        desk.declined(key, DeclineReason.INTERNAL, "again");

        assertThat(rounds.find(key).reason()).contains("BUDGET: 3.1 of 3.0");
        assertThat(participation().state()).isEqualTo(ParticipationState.LEFT_BUDGET);
        assertThat(events)
                .containsExactly("task.declined {\"job_id\":\"" + JOB
                        + "\",\"round\":1,\"attempt\":1,\"node_id\":\"a\",\"reason\":\"BUDGET\"}");
    }

    @Test
    void declined_forAnInternalFault_leavesTheNodeInTheJob() {
        desk.declined(key, DeclineReason.INTERNAL, "away");

        assertThat(state()).isEqualTo(ContributionState.DECLINED);
        assertThat(participation().active()).isTrue();
    }

    @Test
    void anyCall_nodeWithoutATask_isNotInvited() {
        for (ContributionKey other : List.of(ContributionKey.of(JOB, 1, 1, "b"), ContributionKey.of(JOB, 1, 2, "a"))) {
            assertThatThrownBy(() -> desk.declined(other, DeclineReason.BUDGET, ""))
                    .isInstanceOfSatisfying(
                            UploadRefused.class, e -> assertThat(e.kind()).isEqualTo(UploadRefused.Kind.NOT_INVITED));
            assertThatThrownBy(() -> desk.uploaded(other, UPLOAD, HELD))
                    .isInstanceOfSatisfying(
                            UploadRefused.class, e -> assertThat(e.kind()).isEqualTo(UploadRefused.Kind.NOT_INVITED));
        }
    }

    @Test
    void uploaded_twice_isNewOnce() {
        assertThat(desk.uploaded(key, UPLOAD, HELD)).isEmpty();

        assertThat(desk.uploaded(key, new Upload(SEALED, "c".repeat(64), 9), HELD))
                .contains(ENVELOPE);
        assertThat(rounds.find(key).envelopeDigest()).contains(ENVELOPE);
    }

    @Test
    void uploaded_againAfterTheVaultLostIt_isTakenInItsNewEnvelopeAndWaitsOnce() {
        desk.uploaded(key, UPLOAD, HELD);
        String another = "c".repeat(64);

        assertThat(desk.uploaded(key, new Upload(SEALED, another, 10), another::equals))
                .isEmpty();
        assertThat(desk.uploaded(key, new Upload(SEALED, "d".repeat(64), 11), another::equals))
                .contains(another);

        assertThat(rounds.find(key).envelopeDigest()).contains(another);
        assertThat(rounds.find(key).envelopeBytes()).isEqualTo(10);
        assertThat(desk.awaited(key, another)).isPresent();
    }

    @Test
    void awaited_beforeAndAfterItWaits_isEmpty() {
        assertThat(desk.awaited(key, ENVELOPE)).isEmpty();
        desk.uploaded(key, UPLOAD, HELD);
        assertThat(desk.awaited(key, ENVELOPE)).hasValueSatisfying(a -> {
            assertThat(a.baseDigest()).isEqualTo(RoundsUnderWay.BASE);
            assertThat(a.plan()).isEqualTo(RoundsUnderWay.PLAN);
            assertThat(a.node().limit()).isEqualTo(3);
            assertThat(a.dataset()).isEqualTo(HEART);
            assertThat(a.nonce()).hasSize(32);
        });
        assertThat(desk.awaitsJudgement(key)).isTrue();

        desk.admitted(key, 5, Map.of());

        assertThat(desk.awaited(key, ENVELOPE)).isEmpty();
        assertThat(desk.awaitsJudgement(key)).isFalse();
    }

    /** The key goes with its job; an update that came before is judged nevertheless. */
    @Test
    void awaited_keyOfTheJobIsDestroyed_isThere() {
        desk.uploaded(key, UPLOAD, HELD);
        keys.destroy(JOB);

        assertThat(desk.awaited(key, ENVELOPE)).isPresent();
    }

    @Test
    void awaited_anotherEnvelopeThanTheOneThatWasOpened_isAnErrorOfTheOverseer() {
        desk.uploaded(key, UPLOAD, HELD);

        assertThatThrownBy(() -> desk.awaited(key, "c".repeat(64)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected the envelope " + ENVELOPE + ", got " + "c".repeat(64));
    }

    @Test
    void rejected_update_takesTheNodeOutOfTheJobInSight() {
        desk.uploaded(key, UPLOAD, HELD);

        desk.rejected(key, "nonce: not the one of this task");

        assertThat(state()).isEqualTo(ContributionState.REJECTED);
        assertThat(participation().state()).isEqualTo(ParticipationState.QUARANTINED);
        assertThat(events)
                .containsExactly("node.left {\"job_id\":\"" + JOB
                        + "\",\"node_id\":\"a\",\"reason\":\"nonce: not the one of this task\"}");
    }

    @Test
    void quarantined_nodeThatIsAwaited_isNoLonger() {
        desk.quarantined(new NodeQuarantined("a", "its evidence does not hold"));

        assertThat(state()).isEqualTo(ContributionState.MISSED);
        assertThat(participation().state()).isEqualTo(ParticipationState.QUARANTINED);
    }

    /** Who holds the audit log's row while it waits for another one keeps everybody waiting. */
    @Test
    void quarantined_nodeOfTwoJobs_isOutOfBothBeforeTheAuditLogIsTold() {
        ContributionKey other = rounds.add("job-2", "a");
        List<ContributionState> found = new ArrayList<>();
        whenTold.add(() -> found.addAll(
                List.of(rounds.find(key).state(), rounds.find(other).state())));

        desk.quarantined(new NodeQuarantined("a", "its evidence does not hold"));

        assertThat(found).hasSize(4).containsOnly(ContributionState.MISSED);
    }

    @Test
    void quarantined_nodeWhoseUpdateCame_keepsIt() {
        desk.uploaded(key, UPLOAD, HELD);

        desk.quarantined(new NodeQuarantined("a", "its evidence does not hold"));

        assertThat(state()).isEqualTo(ContributionState.UPLOADED);
        assertThat(participation().active()).isTrue();
    }

    @Test
    void expel_nodeWhoseUpdateIsAdmitted_takesItOut() {
        desk.uploaded(key, UPLOAD, HELD);
        desk.admitted(key, 0, Map.of());

        desk.expel("a", "revoked: by an operator");

        assertThat(state()).isEqualTo(ContributionState.REJECTED);
        assertThat(participation().state()).isEqualTo(ParticipationState.QUARANTINED);
    }

    @Test
    void task_frozenFederationOrJob_isNone() {
        StopOrders stops = new StopOrders(
                em,
                new AuditLog() {
                    @Override
                    public void append(String event, ObjectNode details) {}
                },
                new Silent<>());
        assertThat(desk.task("a")).isPresent();

        stops.stop(StopOrder.Kind.JOB, JOB, "operator");
        assertThat(desk.task("a")).isEmpty();
        stops.lift(StopOrder.Kind.JOB, JOB, "operator");
        stops.freezeFederation("operator");
        assertThat(desk.task("a")).isEmpty();
    }

    @Test
    void termsAndBase_ofANodeWithATask_areTheRoundsAndOfAnotherNone() {
        assertThat(desk.terms(JOB, 1, "a")).contains(new RoundTerms(RoundsUnderWay.PLAN, RoundsUnderWay.BASE));
        assertThat(desk.base(JOB, 1, "a")).contains(RoundsUnderWay.BASE);
        assertThat(desk.terms(JOB, 1, "b")).isEmpty();
        assertThat(desk.base(JOB, 2, "a")).isEmpty();
    }
}
