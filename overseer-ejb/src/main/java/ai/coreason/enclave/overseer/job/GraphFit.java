package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.sentry.contract.EncodingSpec;
import ai.coreason.enclave.sentry.contract.FederationJob;
import java.util.Arrays;

/** Whether a job's graph fits the table that the job names, as far as this shows without the nodes' schemas. Pure. */
final class GraphFit {
    private GraphFit() {}

    /**
     * Refuses a graph whose input has another number of values than the features give, or whose output has not the one
     * value of a label that is a number.
     *
     * @throws InvalidDocument naming the member of the model
     */
    static void require(FederationJob job) {
        if (job.dataset().tensors()) {
            return;
        }
        long features = job.dataset().features().size();
        boolean oneHot = job.dataset().features().stream().anyMatch(f -> f.encode() instanceof EncodingSpec.OneHot);
        long inputs = job.model().input().shape().size();
        if (oneHot ? inputs < features : inputs != features) {
            throw InvalidDocument.at(
                    "model.inputs[0].shape",
                    (oneHot ? "at least " : "") + features + " values, as dataset.features gives",
                    inputs);
        }
        long outputs = Arrays.stream(job.model().outputShape()).reduce(1, Math::multiplyExact);
        if (job.model().loss() != LossKind.CROSS_ENTROPY && outputs != 1) {
            throw InvalidDocument.at("model.output", "1 value, as dataset.label has", outputs);
        }
    }
}
