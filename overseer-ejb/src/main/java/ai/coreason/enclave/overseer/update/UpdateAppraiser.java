package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.overseer.enrolment.EvidenceDesk;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.UpdateHeader;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Appraises uploaded updates without a transaction: the caller's is suspended meanwhile, and nothing is locked, so that evidence
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

    /** For the container. */
    public UpdateAppraiser() {}

    /** An appraiser outside of a server. */
    UpdateAppraiser(Storage storage, RoundDesk desk, EvidenceDesk evidence) {
        this.storage = storage;
        this.desk = desk;
        this.evidence = evidence;
    }

    /**
     * Appraises the update that a claim check names.
     *
     * @throws IllegalStateException if the vault does not have it, or its row speaks of another envelope
     */
    public Appraisal appraise(ClaimCheck check) {
        Optional<RoundTask> task = desk.awaited(check.key(), check.digest());
        if (task.isEmpty()) {
            return new Appraisal.NotAwaited();
        }
        UpdateHeader header =
                UpdateEnvelope.parse(storage.updates().read(check.digest())).header();
        return Appraisal.of(
                check.key(),
                header,
                task.get(),
                evidence.update(header, check.key().nodeId(), check.session()));
    }
}
