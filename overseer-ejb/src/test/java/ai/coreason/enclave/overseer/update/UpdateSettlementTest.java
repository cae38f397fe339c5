package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.enrolment.IdentityDatabase;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.enrolment.NodeSession;
import ai.coreason.enclave.overseer.enrolment.NodeStops;
import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.overseer.job.JobDocuments;
import ai.coreason.enclave.overseer.job.ParticipationState;
import ai.coreason.enclave.overseer.job.ParticipationTable;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.ContributionState;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.RoundMoved;
import ai.coreason.enclave.overseer.round.RoundsUnderWay;
import ai.coreason.enclave.overseer.stop.Silent;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.overseer.vault.StartSecret;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.CheckedRows;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.RowsCheck;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.AttestationReport;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An update that waits, with the first charge of a real ledger. */
class UpdateSettlementTest {
    private static final String SEALED = "c".repeat(64);
    private static final String ENVELOPE = "d".repeat(64);
    private static final byte[] QUOTE = {7, 7, 7};
    private static final NodeSession SESSION = new NodeSession(4, "ef".repeat(48));

    private static List<ChargeRow> charges;
    private static Map<String, X509Certificate> signers;

    @TempDir
    private Path folder;

    private final ChargeRow row = charges.get(0);

    private final List<String> events = new ArrayList<>();
    private final List<RoundMoved> moved = new ArrayList<>();
    private final List<String> checks = new ArrayList<>();
    private OverseerDatabase database;
    private EntityManager em;
    private LedgerMirror mirror;
    private NodeRegistry nodes;
    private StopOrders stops;
    private RoundsUnderWay rounds;
    private UpdateSettlement settlement;
    private ContributionKey key;

    @BeforeAll
    static void charge(@TempDir Path ledgers) {
        try (SampleLedger ledger = new SampleLedger(ledgers)) {
            charges = ledger.rows();
            signers = ledger.signers();
        }
    }

    @BeforeEach
    void open() {
        database = new OverseerDatabase();
        em = database.entityManager();
        em.getTransaction().begin();
        mirror = new LedgerMirror(em) {
            @Override
            public Optional<RowsCheck> check(String nodeId, String datasetId, List<ChargeRow> rows) {
                checks.add(datasetId);
                return super.check(nodeId, datasetId, rows);
            }
        };
        mirror.register("node_va", SampleLedger.HEART);
        signers.values().forEach(c -> mirror.know("node_va", c));
        AuditLog audit = new AuditLog() {
            @Override
            public void append(String event, ObjectNode details) {
                events.add(event + " " + new String(Json.write(details), StandardCharsets.UTF_8));
            }
        };
        nodes = IdentityDatabase.registry(em);
        stops = new StopOrders(
                em,
                new AuditLog() {
                    @Override
                    public void append(String event, ObjectNode details) {}
                },
                new Silent<>());
        SealingKeys keys = new SealingKeys(
                new Storage(folder.resolve("overseer").toString()),
                StartSecret.of("a secret that nobody else would guess"));
        Silent<RoundMoved> heard = new Silent<>() {
            @Override
            public void fire(RoundMoved event) {
                moved.add(event);
            }
        };
        RoundDesk desk =
                new RoundDesk(em, keys, new JobDocuments(new FederationMode("simulation")), audit, stops, heard);
        settlement = new UpdateSettlement(desk, nodes, mirror, audit, heard);
        rounds = new RoundsUnderWay(em);
        key = rounds.add("job-1", "node_va");
        rounds.upload(key, SEALED, ENVELOPE);
    }

    @AfterEach
    void close() {
        em.getTransaction().rollback();
        em.close();
        database.close();
    }

    private Appraisal.Found found(boolean proven, Optional<ChargeRow> charge) {
        UpdateStatement statement = new UpdateStatement(
                key,
                "a".repeat(64),
                new byte[32],
                RoundsUnderWay.BASE,
                "b".repeat(64),
                row.json(),
                Map.of(),
                OptionalLong.of(12));
        Evidence evidence = new Evidence(HardwareType.SIMULATED, QUOTE, Json.object());
        return new Appraisal.Found(new UpdateEnvelope(statement, SEALED, evidence), proven, charge, Optional.empty());
    }

    private Appraisal fit() {
        return new Appraisal.Fit(found(true, Optional.of(row)));
    }

    private void settle(Appraisal appraisal) {
        settlement.settle(new ClaimCheck(key, ENVELOPE, SESSION), appraisal);
        em.flush();
        em.clear();
    }

    private long mirrored() {
        return mirror.account("node_va", "heart").orElseThrow().sequence();
    }

    private void assertRejected(String reasons) {
        Contribution c = rounds.find(key);
        assertThat(c.state()).isEqualTo(ContributionState.REJECTED);
        assertThat(c.reason()).contains(reasons);
        assertThat(new ParticipationTable(em).of("job-1", "node_va").state()).isEqualTo(ParticipationState.QUARANTINED);
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).startsWith("node.left ");
        assertThat(events.get(1)).startsWith("update.rejected ").contains("\"reasons\":[\"");
        assertThat(moved).containsExactly(new RoundMoved("job-1"));
    }

    @Test
    void settle_fit_admitsMirrorsTheChargeAndUsesTheQuoteUp() {
        settle(fit());

        assertThat(rounds.find(key).state()).isEqualTo(ContributionState.ADMITTED);
        assertThat(rounds.find(key).trainMillis()).isEqualTo(12);
        assertThat(mirrored()).isEqualTo(1);
        assertThat(nodes.acceptQuote(QUOTE, "node_va")).isPresent();
        assertThat(events)
                .containsExactly("update.admitted {\"job_id\":\"job-1\",\"round\":1,\"attempt\":1,"
                        + "\"node_id\":\"node_va\",\"update_digest\":\"" + SEALED + "\",\"ledger_hash\":\""
                        + row.hash() + "\"}");
        assertThat(moved).containsExactly(new RoundMoved("job-1"));
    }

    @Test
    void settle_messageDeliveredAgain_changesAndTellsNothing() {
        settle(fit());
        events.clear();
        moved.clear();

        settle(fit());
        settle(new Appraisal.Unfit(found(true, Optional.of(row)), List.of("tcb: expected 7, got 6")));

        assertThat(rounds.find(key).state()).isEqualTo(ContributionState.ADMITTED);
        assertThat(mirrored()).isEqualTo(1);
        assertThat(events).isEmpty();
        assertThat(moved).isEmpty();
    }

    @Test
    void settle_crashBeforeTheCommit_leavesTheUpdateWaitingForTheNextDelivery() {
        em.getTransaction().commit();
        em.getTransaction().begin();
        settle(fit());
        em.getTransaction().rollback();
        em.clear();
        em.getTransaction().begin();
        assertThat(rounds.find(key).state()).isEqualTo(ContributionState.UPLOADED);
        assertThat(mirrored()).isZero();

        settle(fit());

        assertThat(rounds.find(key).state()).isEqualTo(ContributionState.ADMITTED);
        assertThat(mirrored()).isEqualTo(1);
    }

    @Test
    void settle_notAwaited_changesNothing() {
        settle(new Appraisal.NotAwaited());

        assertThat(rounds.find(key).state()).isEqualTo(ContributionState.UPLOADED);
        assertThat(events).isEmpty();
        assertThat(moved).isEmpty();
    }

    @Test
    void settle_roundEndedMeanwhile_changesNothingAndMirrorsNothing() {
        rounds.miss(key);

        settle(fit());

        assertThat(rounds.find(key).state()).isEqualTo(ContributionState.MISSED);
        assertThat(mirrored()).isZero();
        assertThat(nodes.acceptQuote(QUOTE, "node_va")).isEmpty();
        assertThat(events).isEmpty();
    }

    @Test
    void settle_unfit_rejectsWithAllReasonsAndMirrorsTheCharge() {
        settle(new Appraisal.Unfit(
                found(false, Optional.of(row)), List.of("tcb: expected 7, got 6", "vmpl: expected 0, got 1")));

        assertRejected("tcb: expected 7, got 6; vmpl: expected 0, got 1");
        assertThat(mirrored()).isEqualTo(1);
        assertThat(nodes.acceptQuote(QUOTE, "node_va")).isEmpty();
    }

    @Test
    void settle_unfitWithAnotherTasksCharge_mirrorsNothing() {
        settle(new Appraisal.Unfit(
                found(true, Optional.empty()), List.of("ledger_row: expected the charge of this task")));

        assertRejected("ledger_row: expected the charge of this task");
        assertThat(mirrored()).isZero();
        assertThat(nodes.acceptQuote(QUOTE, "node_va")).isPresent();
    }

    @Test
    void settle_quoteAcceptedMeanwhile_rejectsForThatAlone() {
        nodes.acceptQuote(QUOTE, "node_va");

        settle(fit());

        assertRejected("quote: expected one that was not accepted before, got one that was");
        assertThat(mirrored()).isEqualTo(1);
    }

    @Test
    void settle_nodeRevokedMeanwhile_rejectsAndMirrorsTheCharge() {
        stops.stop(StopOrder.Kind.NODE, "node_va", "operator");

        settle(fit());

        assertRejected(NodeStops.REVOKED);
        assertThat(mirrored()).isEqualTo(1);
    }

    @Test
    void settle_certificateOfItsSessionRevokedMeanwhile_rejects() {
        enrolled(SESSION.epoch());
        stops.stop(StopOrder.Kind.CERTIFICATE, "5e", "operator");

        settle(fit());

        assertThat(rounds.find(key).reason()).contains(NodeStops.REVOKED);
        assertThat(nodes.find("node_va").orElseThrow().trusted()).isFalse();
    }

    @Test
    void settle_certificateOfALaterSessionRevokedMeanwhile_admits() {
        enrolled(SESSION.epoch() + 1);
        stops.stop(StopOrder.Kind.CERTIFICATE, "5e", "operator");

        settle(fit());

        assertThat(rounds.find(key).state()).isEqualTo(ContributionState.ADMITTED);
        assertThat(nodes.find("node_va").orElseThrow().trusted()).isTrue();
    }

    private Optional<CheckedRows> looked(ChargeRow charge) {
        return mirror.check("node_va", "heart", List.of(charge)).map(RowsCheck::result);
    }

    @Test
    void settle_chargeThatWasLookedAtBefore_isMirroredWithoutAFigureBehindTheLock() {
        Appraisal looked = fit().with(this::looked);
        checks.clear();

        settle(looked);

        assertThat(mirrored()).isEqualTo(1);
        assertThat(rounds.find(key).state()).isEqualTo(ContributionState.ADMITTED);
        assertThat(checks).isEmpty();
    }

    @Test
    void settle_chargeThatWasMirroredSinceItWasLookedAt_isLookedAtAgain() {
        Appraisal looked = fit().with(this::looked);
        assertThat(mirror.accept("node_va", row)).isEmpty();
        assertThat(mirror.accept("node_va", charges.get(1))).isEmpty();

        settle(looked);

        assertThat(mirrored()).isEqualTo(2);
        assertThat(rounds.find(key).state()).isEqualTo(ContributionState.ADMITTED);
    }

    @Test
    void settle_chargeThatWasFoundUnfit_rejects() {
        settle(new Appraisal.Fit(found(true, Optional.of(charges.get(1)))).with(this::looked));

        assertRejected("ledger_row: expected ledger sequence 1, got 2");
    }

    @Test
    void settle_chargeThatDoesNotFollowTheMirror_rejects() {
        settle(new Appraisal.Fit(found(true, Optional.of(charges.get(1)))));

        assertRejected("ledger_row: expected ledger sequence 1, got 2");
        assertThat(mirrored()).isZero();
    }

    private void enrolled(long epoch) {
        em.createNativeQuery("insert into enrolled_node (node_id, epoch, certificate_serial, certificate_pem,"
                        + " tls_spki_sha384, request_digest, expires_at, report_json, trusted, enrolled_at, version)"
                        + " values ('node_va', ?, '5e', 'p', ?, 'd', current_timestamp, ?, 1, current_timestamp, 1)")
                .setParameter(1, epoch)
                .setParameter(2, SESSION.tlsSpkiSha384())
                .setParameter(3, report())
                .executeUpdate();
    }

    private static String report() {
        return new String(
                Json.write(new AttestationReport(
                                "node_va",
                                HardwareType.SIMULATED,
                                QUOTE,
                                "ab".repeat(32),
                                new byte[] {1},
                                AttestationReport.Status.TRUSTED,
                                List.of(),
                                4,
                                SampleLedger.TIME,
                                SampleLedger.TIME.plusSeconds(9),
                                true)
                        .json()),
                StandardCharsets.UTF_8);
    }
}
