package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.plan.TrainingPlan;

/**
 * What an update that waits to be judged has to answer: its task, as far as an update names it. It needs no key of the job, which
 * may be gone by then.
 *
 * @param nonce the task's, 32 bytes; copied
 * @param jobDigest of the job that sites approve
 * @param baseDigest the model that the round starts from
 * @param node the node's own plan, as it was fixed when the job was admitted
 * @param dataset the registration of the dataset that the plan names
 */
public record Awaited(byte[] nonce, String jobDigest, String baseDigest, NodePlan node, Dataset dataset) {
    /** Copies the nonce. */
    public Awaited {
        nonce = nonce.clone();
    }

    /** A copy of the nonce. */
    @Override
    public byte[] nonce() {
        return nonce.clone();
    }

    /** What the node was to train with. */
    public TrainingPlan plan() {
        return node.training();
    }
}
