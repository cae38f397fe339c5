package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.EncodingSpec;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import java.util.Arrays;
import java.util.OptionalLong;

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
        requireOutput(job);
    }

    /**
     * Refuses a graph whose input has another number of values than the features give, now that it is known which values each site's
     * columns have; they are the same at all.
     *
     * @param dictionary of one of the job's nodes
     * @throws InvalidDocument naming the member of the model
     */
    static void require(FederationJob job, PublicDictionary dictionary) {
        if (job.dataset().tensors()) {
            return;
        }
        long values = 0;
        for (EncodedField f : job.dataset().features()) {
            OptionalLong width = width(f, dictionary);
            if (width.isEmpty()) {
                return;
            }
            values += width.getAsLong();
        }
        long inputs = job.model().input().shape().size();
        if (inputs != values) {
            throw InvalidDocument.at(
                    "model.inputs[0].shape",
                    values + " values, as dataset.features gives by the sites' dictionaries",
                    inputs);
        }
    }

    /** Empty where the dictionary does not tell the values of a column that becomes one number for each of them. */
    private static OptionalLong width(EncodedField feature, PublicDictionary dictionary) {
        if (!(feature.encode() instanceof EncodingSpec.OneHot)) {
            return OptionalLong.of(1);
        }
        long stated = feature.encode().order().size();
        long told =
                dictionary.field(feature.field()).map(f -> f.values().size()).orElse(0);
        long values = stated > 0 ? stated : told;
        return values > 0 ? OptionalLong.of(values) : OptionalLong.empty();
    }

    private static void requireOutput(FederationJob job) {
        long outputs = Arrays.stream(job.model().outputShape()).reduce(1, Math::multiplyExact);
        if (job.model().loss() != LossKind.CROSS_ENTROPY && outputs != 1) {
            throw InvalidDocument.at("model.output", "1 value, as dataset.label has", outputs);
        }
    }
}
