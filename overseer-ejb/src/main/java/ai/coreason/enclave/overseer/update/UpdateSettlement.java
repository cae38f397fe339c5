package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.enrolment.NodeStops;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.RoundMoved;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.CheckedRows;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Settles an appraised update in the transaction of its message: admits it or refuses it with all reasons, uses its quote up,
 * mirrors its charge and writes both to the audit log. Whose update is refused is in quarantine until it enrols again. A charge
 * is mirrored whether its update is admitted or not.
 *
 * <p>The rows of the job and of the contribution are locked first, and whatever may have changed while nothing was locked is looked at again: that the
 * update still waits, that its quote was not accepted meanwhile, that no operator has revoked its node or session. So of two
 * deliveries of one message, one after another or at once, the second finds nothing to settle: nothing is admitted, mirrored or
 * told to the audit log twice.
 *
 * <p>Rows are locked in the order job, contribution, quote, ledger, node, participation, audit log. What a quarantine does to the
 * node's other jobs comes after this transaction, in its own.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.MANDATORY)
public class UpdateSettlement {
    @Inject
    private RoundDesk desk;

    @Inject
    private NodeRegistry nodes;

    @Inject
    private LedgerMirror mirror;

    @Inject
    private AuditLog audit;

    @Inject
    private Event<RoundMoved> moved;

    /** For the container. */
    public UpdateSettlement() {}

    /** A settlement outside of a server. */
    UpdateSettlement(RoundDesk desk, NodeRegistry nodes, LedgerMirror mirror, AuditLog audit, Event<RoundMoved> moved) {
        this.desk = desk;
        this.nodes = nodes;
        this.mirror = mirror;
        this.audit = audit;
        this.moved = moved;
    }

    /** Settles the update that a claim check names; settled already, it stays as it is. */
    public void settle(ClaimCheck check, Appraisal appraisal) {
        if (appraisal instanceof Appraisal.Fit fit) {
            settle(check, fit.update(), List.of());
        } else if (appraisal instanceof Appraisal.Unfit unfit) {
            settle(check, unfit.update(), unfit.reasons());
        }
    }

    private void settle(ClaimCheck check, Appraisal.Found update, List<String> appraised) {
        if (!desk.awaitsJudgement(check.key())) {
            return;
        }
        List<String> reasons = new ArrayList<>(appraised);
        reasons.addAll(late(check, update));
        conclude(check, update.envelope(), reasons);
        moved.fire(new RoundMoved(check.key().jobId()));
    }

    /** What only the locked rows can say. */
    private List<String> late(ClaimCheck check, Appraisal.Found update) {
        String nodeId = check.key().nodeId();
        List<String> out = new ArrayList<>();
        if (update.proven()) {
            nodes.acceptQuote(update.envelope().evidence().quote(), nodeId)
                    .map(Reason::toString)
                    .ifPresent(out::add);
        }
        if (nodes.revoked(nodeId) || nodes.revoked(nodeId, check.session())) {
            out.add(NodeStops.REVOKED);
        }
        update.charge()
                .flatMap(row -> mirrored(nodeId, row, update.checked()))
                .map(why -> "ledger_row: " + why)
                .ifPresent(out::add);
        return out;
    }

    /**
     * Mirrors a charge whose figures were looked at before anything was locked. Only if the node's ledger has moved since are they looked
     * at again here, behind its lock.
     */
    private Optional<String> mirrored(String nodeId, ChargeRow row, Optional<CheckedRows> checked) {
        return checked.filter(CheckedRows.Fit.class::isInstance)
                        .map(CheckedRows.Fit.class::cast)
                        .flatMap(mirror::take)
                        .isPresent()
                ? Optional.empty()
                : mirror.accept(nodeId, row);
    }

    private void conclude(ClaimCheck check, UpdateEnvelope envelope, List<String> reasons) {
        UpdateStatement statement = envelope.statement();
        UpdateEvent.Update update = new UpdateEvent.Update(
                check.key(),
                envelope.sealedSha256(),
                statement.ledgerRow().path("hash").asText());
        if (reasons.isEmpty()) {
            desk.admitted(check.key(), statement.trainMillis().orElse(0), statement.metrics());
            audit.append(new UpdateEvent.Admitted(update));
        } else {
            nodes.quarantine(check.key().nodeId(), last -> last.untrusted(envelope.evidence(), reasons, Instant.now()));
            desk.rejected(check.key(), String.join("; ", reasons));
            audit.append(new UpdateEvent.Rejected(update, reasons));
        }
    }
}
