package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.overseer.enrolment.EvidenceDesk;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.round.Awaited;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.CheckedRows;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.RowsCheck;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/**
 * Appraises uploaded updates without a transaction: the caller's is suspended meanwhile, and nothing stays locked, so that evidence
 * can wait for its maker's service. Changes nothing, so that it may be broken off and begun again at any time.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class UpdateAppraiser {
    @Inject
    private Storage storage;

    @Inject
    private RoundDesk desk;

    @Inject
    private EvidenceDesk evidence;

    @Inject
    private NodeRegistry nodes;

    @Inject
    private LedgerMirror mirror;

    /** For the container. */
    public UpdateAppraiser() {}

    /** An appraiser outside of a server. */
    UpdateAppraiser(Storage storage, RoundDesk desk, EvidenceDesk evidence, NodeRegistry nodes, LedgerMirror mirror) {
        this.storage = storage;
        this.desk = desk;
        this.evidence = evidence;
        this.nodes = nodes;
        this.mirror = mirror;
    }

    /**
     * Appraises the update that a claim check names.
     *
     * @throws IllegalStateException if the vault does not have it, or what lies there is another
     */
    public Appraisal appraise(ClaimCheck check) {
        Optional<Awaited> task = desk.awaited(check.key(), check.digest());
        if (task.isEmpty()) {
            return new Appraisal.NotAwaited();
        }
        UpdateEnvelope update = storage.updates().read(check.digest(), UpdateEnvelope::read);
        ContributionKey stated = update.statement().key();
        if (!stated.equals(check.key())) {
            throw new IllegalStateException("update of " + check.key() + ": expected one that says so, got " + stated);
        }
        return Appraisal.of(update, task.get(), judge(update, check))
                .with(row -> checked(check.key().nodeId(), row));
    }

    /** A charge's figures are looked at here too, as those of a long ledger take seconds. */
    private Optional<CheckedRows> checked(String nodeId, ChargeRow row) {
        return mirror.check(nodeId, row.dataset().datasetId(), List.of(row)).map(RowsCheck::result);
    }

    /** A quote that was accepted before is refused for that alone: what else it does not fit is no news. */
    private Verdict judge(UpdateEnvelope update, ClaimCheck check) {
        return nodes.acceptedBefore(update.evidence().quote())
                .<Verdict>map(why -> new Verdict.Refused(List.of(why)))
                .orElseGet(() -> evidence.update(update, check.session()));
    }
}
