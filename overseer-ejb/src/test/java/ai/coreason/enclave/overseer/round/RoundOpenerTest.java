package ai.coreason.enclave.overseer.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.SmallJob;
import ai.coreason.enclave.overseer.enrolment.IdentityDatabase;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.overseer.job.ParticipationState;
import ai.coreason.enclave.overseer.job.ParticipationTable;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The second attempt at the first round of a job at one node, whose dataset is registered. */
class RoundOpenerTest {
    private static final String NODE = "node_va";
    /** Pays one round, and not four. */
    private static final double LIMIT = 0.5;

    private final List<String> events = new ArrayList<>();
    private final List<String> order = new ArrayList<>();
    private OverseerDatabase database;
    private EntityManager em;
    private LedgerMirror mirror;
    private RoundOpener opener;

    @BeforeEach
    void open() {
        database = new OverseerDatabase();
        em = database.entityManager();
        em.getTransaction().begin();
        mirror = new LedgerMirror(em) {
            @Override
            public List<ChargeRow> rows(String nodeId, String datasetId) {
                order.add("figures");
                return super.rows(nodeId, datasetId);
            }
        };
        mirror.register(NODE, SampleLedger.HEART);
        AuditLog audit = new AuditLog() {
            @Override
            public void append(String event, ObjectNode details) {
                order.add(event);
                events.add(event + " " + new String(Json.write(details), StandardCharsets.UTF_8));
            }
        };
        opener = new RoundOpener(em, IdentityDatabase.registry(em), mirror, audit);
        new RoundsUnderWay(em).add("job-1", NODE, LIMIT);
    }

    @AfterEach
    void close() {
        em.getTransaction().rollback();
        em.close();
        database.close();
    }

    private void enrolled(boolean trusted, Instant end) {
        em.createNativeQuery("insert into enrolled_node (node_id, epoch, certificate_serial, certificate_pem,"
                        + " tls_spki_sha384, request_digest, expires_at, report_json, trusted, enrolled_at, version)"
                        + " values ('node_va', 1, '5e', 'p', 's', 'd', ?, '{}', ?, current_timestamp, 1)")
                .setParameter(1, java.sql.Timestamp.from(end))
                .setParameter(2, trusted ? 1 : 0)
                .executeUpdate();
    }

    private static Instant later() {
        return Instant.now().plus(1, ChronoUnit.HOURS);
    }

    private List<String> opened() {
        List<String> nodes = opener.open(
                em.find(Job.class, "job-1"),
                FederationJob.parse(SmallJob.document(), JobRules.inSimulation()),
                new AttemptKey("job-1", 1, 2),
                List.of());
        em.flush();
        return nodes;
    }

    private Contribution second() {
        return new RoundTable(em)
                .contribution(ContributionKey.of("job-1", 1, 2, NODE))
                .orElseThrow();
    }

    private void ended(JobState state, ParticipationState participation, String event) {
        assertThat(opened()).isEmpty();
        assertThat(em.find(Job.class, "job-1").state()).isEqualTo(state);
        assertThat(new ParticipationTable(em).of("job-1", NODE).state()).isEqualTo(participation);
        assertThat(new RoundTable(em).rounds("job-1")).hasSize(1);
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).startsWith("node.left {\"job_id\":\"job-1\",\"node_id\":\"node_va\",\"reason\":\"");
        String left = new ParticipationTable(em).of("job-1", NODE).reason().orElseThrow();
        assertThat(events.get(1))
                .isEqualTo(event + " {\"job_id\":\"job-1\",\"reason\":\"0 of 1 nodes can go on, fewer than"
                        + " min_clients 1 (" + NODE + ": " + left + ")\",\"model_digest\":\"m\"}");
    }

    @Test
    void open_nodeThatCanPay_hasATaskWithANonceOfItsOwn() {
        enrolled(true, later());

        assertThat(opened()).containsExactly(NODE);

        assertThat(second().state()).isEqualTo(ContributionState.INVITED);
        assertThat(Base64.getDecoder().decode(second().nonce())).hasSize(32);
        assertThat(second().nonce()).isNotEqualTo("A".repeat(43) + "=");
        assertThat(events).isEmpty();
    }

    @Test
    void open_behindAnotherEvent_tellsTheAuditLogLast() {
        enrolled(true, later());

        opener.open(
                em.find(Job.class, "job-1"),
                FederationJob.parse(SmallJob.document(), JobRules.inSimulation()),
                new AttemptKey("job-1", 1, 2),
                List.of(new RoundEvent.Spoilt(new AttemptKey("job-1", 1, 1), "why")));

        assertThat(order).hasSize(2).startsWith("figures");
        assertThat(second().state()).isEqualTo(ContributionState.INVITED);
    }

    @Test
    void open_nodeWhoseCertificateEnded_missesThisAttemptAlone() {
        enrolled(true, Instant.now().minusSeconds(1));

        assertThat(opened()).containsExactly(NODE);

        assertThat(second().state()).isEqualTo(ContributionState.MISSED);
        assertThat(second().reason().orElseThrow()).startsWith("stale: ");
        assertThat(new ParticipationTable(em).of("job-1", NODE).active()).isTrue();
    }

    @Test
    void open_onlyNodeIsInQuarantine_failsTheJob() {
        enrolled(false, later());

        ended(JobState.FAILED, ParticipationState.QUARANTINED, "job.failed");
    }

    @Test
    void open_onlyNodeCannotPay_haltsTheJob(@TempDir Path folder) {
        enrolled(true, later());
        try (SampleLedger ledger = new SampleLedger(folder)) {
            ledger.signers().values().forEach(c -> mirror.know(NODE, c));
            for (ChargeRow row : ledger.rows()) {
                assertThat(mirror.accept(NODE, row)).isEmpty();
            }
        }

        ended(JobState.HALTED_BUDGET, ParticipationState.LEFT_BUDGET, "job.halted");
        assertThat(events.get(0))
                .contains("one more round would take epsilon to ")
                .contains(" above the job's 0.5000");
    }
}
