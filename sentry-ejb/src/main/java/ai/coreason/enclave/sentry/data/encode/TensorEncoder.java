package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.Encoding;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.schema.DataResource.Tensors;
import ai.coreason.enclave.sentry.data.schema.Grouping;
import ai.coreason.enclave.sentry.data.schema.TensorSchema;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;

/** Encodes a pair of tensors, inputs and labels, as a job's model takes them. Immutable. */
public final class TensorEncoder {
    private final EncodedField input;
    private final EncodedField label;
    private final long[] shape;
    private final DoubleUnaryOperator target;
    private final OptionalLong tokens;
    private final PrivacyUnit unit;

    /**
     * Prepares the encoding.
     *
     * @throws ai.coreason.enclave.base.InvalidDocument if the job, the schema and the model do not fit one another
     */
    public TensorEncoder(FederationJob job, Tensors schema, PrivacyUnit unit) {
        ResourceFit.requireTensors(job, schema);
        this.unit = unit;
        tokens = job.model().tokens();
        input = job.dataset().features().get(0);
        label = job.dataset().label();
        shape = ModelFit.inputShape(job.model());
        target = target(label, schema.tensors().get(label.field()));
    }

    /** The encoded tensors of a file that obeys the schema; what is beyond float32's range becomes its end. */
    public Encoded encode(Safetensors file) {
        float[] x = scaled(file.tensors().get(input.field()), v -> v * input.scale());
        ModelFit.toTokens(x, tokens);
        Tensor labels = file.tensors().get(label.field());
        if (label.encode() != Encoding.CLASS) {
            return new Encoded(shape, x, scaled(labels, target), null, units(file), unit, List.of());
        }
        long[] classes = new long[labels.count()];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = labels.wholeAt(i);
        }
        return new Encoded(shape, x, null, classes, units(file), unit, List.of());
    }

    private Optional<int[]> units(Safetensors file) {
        return Optional.ofNullable(file.tensors().get(unit.column())).map(Grouping::units);
    }

    private static DoubleUnaryOperator target(EncodedField label, TensorSchema schema) {
        if (label.encode() != Encoding.MIN_MAX) {
            double lowest = label.minimum().orElse(-Double.MAX_VALUE);
            double highest = label.maximum().orElse(Double.MAX_VALUE);
            return v -> (Math.max(lowest, Math.min(highest, v)) - label.mean()) / label.std();
        }
        boolean byJob = label.minimum().isPresent();
        double least = (byJob ? label.minimum() : schema.minimum()).orElseThrow();
        double most = (byJob ? label.maximum() : schema.maximum()).orElseThrow();
        return v -> Math.max(0, Math.min(1, (v / 2 - least / 2) / (most / 2 - least / 2)));
    }

    private static float[] scaled(Tensor tensor, DoubleUnaryOperator scale) {
        float[] out = new float[tensor.count()];
        for (int i = 0; i < out.length; i++) {
            out[i] = ColumnEncoder.saturated(scale.applyAsDouble(tensor.at(i)));
        }
        return out;
    }
}
