package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.ledger.ChargeRequest;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What one node trains with in every round of a job, fixed at admission.
 *
 * @param declaredRows the dataset's public N; the node's weight in the average
 * @param training what the node runs in a round
 * @param limit the job's ε limit
 * @param delta the job's δ on this dataset
 * @param affordableRounds how many rounds the node can pay, at most the job's; all of them without noise
 */
public record NodePlan(
        String nodeId,
        String datasetId,
        long declaredRows,
        TrainingPlan training,
        double limit,
        double delta,
        long affordableRounds) {

    /** The mechanism of one round, or empty without noise. */
    public Optional<Phase> phase() {
        return training.phase();
    }

    /**
     * What one attempt of this plan asks the node's ledger for, the same member by member as the node itself computes it.
     *
     * @param jobDigest of the job that sites approve
     * @param modelDigest the model that the round starts from
     * @param measurement what is measured of the code that trains
     */
    public ChargeRequest charge(AttemptKey key, String jobDigest, String modelDigest, String measurement) {
        return new ChargeRequest(
                datasetId,
                key,
                jobDigest,
                nodeId,
                phase(),
                training.maxGradNorm(),
                training.normaliser(),
                limit,
                delta,
                modelDigest,
                measurement);
    }

    /** The plan as it is stored. */
    public String text() {
        ObjectNode o = Json.object()
                .put("node_id", nodeId)
                .put("dataset_id", datasetId)
                .put("declared_rows", declaredRows);
        o.set("training", training.json());
        o.put("limit", limit).put("delta", delta).put("affordable_rounds", affordableRounds);
        return new String(Json.write(o), StandardCharsets.UTF_8);
    }

    /** Reads what {@link #text} wrote. */
    static NodePlan parse(String text) {
        JsonFields f = JsonFields.of(Json.read(text), "plan");
        NodePlan plan = new NodePlan(
                f.text("node_id"),
                f.text("dataset_id"),
                f.whole("declared_rows", 1, Long.MAX_VALUE),
                TrainingPlan.parse(f.any("training", "a training plan"), f.at("training")),
                f.number("limit", Range.positive()),
                f.number("delta", Range.openUnit()),
                f.whole("affordable_rounds", 0, Long.MAX_VALUE));
        f.end();
        return plan;
    }
}
