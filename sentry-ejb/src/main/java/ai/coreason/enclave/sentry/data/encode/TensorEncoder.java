package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.EncodingSpec;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.StatedBounds;
import ai.coreason.enclave.sentry.data.schema.Grouping;
import ai.coreason.enclave.sentry.data.schema.TensorSchema;
import ai.coreason.enclave.sentry.data.schema.Tensors;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;

/** Encodes a pair of tensors, inputs and labels, as a job's model takes them. */
public final class TensorEncoder implements RecordEncoder {
    private final EncodedField input;
    private final EncodedField label;
    private final long[] shape;
    private final DoubleUnaryOperator target;
    private final OptionalLong tokens;
    private final double scale;
    private final PrivacyUnit unit;
    private Encoded encoded;

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
        scale = ((EncodingSpec.Elements) input.encode()).scale();
        shape = ModelFit.inputShape(job.model());
        target = target(label, schema.tensors().get(label.field()));
    }

    /** Takes the tensors of a file that obeys the schema; what is beyond float32's range becomes its end. */
    @Override
    public void tensors(Safetensors file) {
        encoded = encode(file);
    }

    @Override
    public Encoded encoded() {
        return encoded;
    }

    private Encoded encode(Safetensors file) {
        float[] x = scaled(file.tensors().get(input.field()), v -> v * scale);
        ModelFit.toTokens(x, tokens);
        Tensor labels = file.tensors().get(label.field());
        if (!(label.encode() instanceof EncodingSpec.ClassIndex)) {
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
        StatedBounds bounds = label.encode().bounds();
        if (label.encode() instanceof EncodingSpec.MinMax) {
            return new NumberRange(
                    (bounds.stated() ? bounds.minimum() : schema.minimum()).orElseThrow(),
                    (bounds.stated() ? bounds.maximum() : schema.maximum()).orElseThrow())::place;
        }
        return label.encode() instanceof EncodingSpec.Standardise by
                ? v -> (bounds.nearest(v) - by.mean()) / by.std()
                : bounds::nearest;
    }

    private static float[] scaled(Tensor tensor, DoubleUnaryOperator scale) {
        float[] out = new float[tensor.count()];
        for (int i = 0; i < out.length; i++) {
            out[i] = FeatureEncoder.saturated(scale.applyAsDouble(tensor.at(i)));
        }
        return out;
    }
}
