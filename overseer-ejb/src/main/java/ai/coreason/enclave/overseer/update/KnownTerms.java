package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.job.ParticipationTable;
import ai.coreason.enclave.privacy.ledger.ChargeRequest;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.ExpectedCharge;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.Optional;

/**
 * What this Overseer knows of a charge whose row came without an update: the terms that were fixed when the job was admitted. Of a
 * job that it does not know, or in which the node has no part, it knows nothing. Neither does it hold such a row to a base model,
 * which an Overseer that was restored from a copy may have made anew, nor to a measurement, which no evidence comes with.
 */
@Stateless
public class KnownTerms {
    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private LedgerMirror mirror;

    /** For the container. */
    public KnownTerms() {}

    /** Terms outside of a server. */
    KnownTerms(EntityManager em, LedgerMirror mirror) {
        this.em = em;
        this.mirror = mirror;
    }

    /** How a row of a node's ledger differs from the terms of its job; empty where nothing does. */
    public Optional<String> objection(String nodeId, ChargeRow row) {
        ChargeRequest came = row.request();
        Job job = em.find(Job.class, came.key().jobId());
        Optional<NodePlan> plan = new ParticipationTable(em)
                .of(came.key().jobId()).stream()
                        .filter(p -> p.nodeId().equals(nodeId))
                        .map(Participation::plan)
                        .findFirst();
        if (job == null || plan.isEmpty()) {
            return Optional.empty();
        }
        if (came.key().round() > job.roundsTotal()) {
            return Optional.of("rows.round: expected at most " + job.roundsTotal() + ", the rounds of job " + job.id()
                    + ", got " + came.key().round());
        }
        ChargeRequest own = plan.get().charge(came.key(), job.jobDigest(), came.modelDigest(), came.measurement());
        return mirror.account(nodeId, own.datasetId())
                .map(DatasetAccount::dataset)
                .map(d -> new ExpectedCharge(d, own).differences("rows", row))
                .filter(faults -> !faults.isEmpty())
                .map(faults -> String.join("; ", faults));
    }
}
