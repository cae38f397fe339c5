package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.enrolment.EvidenceDesk;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.enrolment.NodeStops;
import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.RoundMoved;
import ai.coreason.enclave.overseer.round.RoundTable;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.ledger.ChargeKey;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.UpdateHeader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Judges one uploaded update and, in one transaction, admits it or refuses it with all reasons, mirrors its charge and
 * writes both to the audit log. Whose update is refused is in quarantine until it enrols again. A charge is mirrored whether its update is admitted or not.
 */
@Stateless
public class UpdateAdmission {
    @Inject
    private Storage storage;

    @Inject
    private FederationMode mode;

    @Inject
    private RoundDesk desk;

    @Inject
    private RoundTable table;

    @Inject
    private UpdateInspector inspector;

    @Inject
    private UpdateLimits limits;

    @Inject
    private EvidenceDesk evidence;

    @Inject
    private NodeRegistry nodes;

    @Inject
    private LedgerMirror mirror;

    @Inject
    private AuditLog audit;

    @Inject
    private Event<RoundMoved> moved;

    /** Judges the update that a claim check names; judged already, it stays as it is. */
    public void judge(ClaimCheck check) {
        if (!desk.awaitsJudgement(check.jobId(), check.round(), check.attempt(), check.nodeId())) {
            return;
        }
        UpdateEnvelope envelope = UpdateEnvelope.parse(storage.updates().read(check.digest()));
        UpdateHeader header = envelope.header();
        RoundTask task = desk.taskOf(check.jobId(), check.round(), check.attempt(), check.nodeId());
        List<String> reasons = new ArrayList<>(mismatches(header, task));
        if (evidence.update(header, check.nodeId(), check.session()) instanceof Verdict.Refused refused) {
            refused.reasons().forEach(r -> reasons.add(r.toString()));
        }
        if (nodes.revoked(check.nodeId()) || nodes.revoked(check.nodeId(), check.session())) {
            reasons.add(NodeStops.REVOKED);
        }
        reasons.addAll(opens(check, task, envelope));
        mirrored(check, header, task).ifPresent(reasons::add);
        settle(check, header, reasons);
    }

    private void settle(ClaimCheck check, UpdateHeader header, List<String> reasons) {
        ObjectNode details = Json.object()
                .put("job_id", check.jobId())
                .put("round", check.round())
                .put("attempt", check.attempt())
                .put("node_id", check.nodeId())
                .put("update_digest", header.sealedSha256())
                .put("ledger_hash", header.ledgerRow().path("hash").asText());
        if (reasons.isEmpty()) {
            desk.admitted(
                    check.jobId(),
                    check.round(),
                    check.attempt(),
                    check.nodeId(),
                    header.trainMillis().orElse(0),
                    header.metrics());
            audit.append("update.admitted", details);
        } else {
            desk.rejected(check.jobId(), check.round(), check.attempt(), check.nodeId(), String.join("; ", reasons));
            nodes.quarantine(check.nodeId(), last -> last.untrusted(header.evidence(), reasons, Instant.now()));
            reasons.forEach(details.putArray("reasons")::add);
            audit.append("update.rejected", details);
        }
        moved.fire(new RoundMoved(check.jobId()));
    }

    private static List<String> mismatches(UpdateHeader header, RoundTask task) {
        List<String> out = new ArrayList<>();
        if (!Arrays.equals(header.nonce(), task.nonce())) {
            out.add("nonce: not the one of this task");
        }
        mismatch(out, "job_digest", task.jobDigest(), header.jobDigest());
        mismatch(out, "base_digest", task.baseDigest(), header.baseDigest());
        mismatch(out, "plan_digest", task.planDigest(), header.planDigest());
        task.plan().metrics().objection(header.metrics()).ifPresent(out::add);
        return out;
    }

    private static void mismatch(List<String> out, String name, String expected, String came) {
        if (!expected.equals(came)) {
            out.add(name + ": expected " + expected + ", got " + came);
        }
    }

    private List<String> opens(ClaimCheck check, RoundTask task, UpdateEnvelope envelope) {
        try {
            inspector.open(check.jobId(), task.job(), envelope, limits.of(task.job(), task.plan(), task.baseDigest()));
            return List.of();
        } catch (InvalidDocument e) {
            return List.of(e.getMessage());
        }
    }

    private static boolean planned(ChargeRow row, TrainingPlan plan) {
        return row.request().phase().equals(plan.phase())
                && row.request().maxGradNorm() == plan.maxGradNorm()
                && row.request().normaliser() == plan.normaliser();
    }

    private Optional<String> mirrored(ClaimCheck check, UpdateHeader header, RoundTask task) {
        try {
            ChargeRow row = ChargeRow.parse(header.ledgerRow(), "ledger_row");
            ChargeKey expected = new ChargeKey(check.jobId(), check.round(), check.attempt());
            if (row.recoveredFrom().isPresent()
                    || !row.request().key().equals(expected)
                    || !row.request().jobDigest().equals(task.jobDigest())) {
                return Optional.of("ledger_row: expected the charge of this task");
            }
            if (!row.request().modelDigest().equals(task.baseDigest()) || !planned(row, task.plan())) {
                return Optional.of("ledger_row: expected the terms of this task's plan");
            }
            return mirror.accept(check.nodeId(), row).map(why -> "ledger_row: " + why);
        } catch (InvalidDocument | IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }
}
