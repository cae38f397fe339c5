package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** Whether data fits a model, judged by what the schema declares and before a record is read. */
final class ModelFit {
    private ModelFit() {}

    /** The shape of one input. */
    static long[] inputShape(ModelGraph model) {
        return model.input().shape().extents().stream()
                .mapToLong(Long::longValue)
                .toArray();
    }

    /** The input's name and shape, for an error. */
    static String describe(ModelGraph model) {
        return model.input().name() + " " + Arrays.toString(inputShape(model));
    }

    /** How many numbers the model's output has. */
    static long outputs(ModelGraph model) {
        return Arrays.stream(model.outputShape()).reduce(1, Math::multiplyExact);
    }

    /** Refuses a tensor whose examples have another shape than the model's input. */
    static void requireInput(ModelGraph model, List<Long> exampleShape) {
        if (!exampleShape.equals(model.input().shape().extents())) {
            throw InvalidDocument.at(
                    "dataset.features[0]", "examples of the model's input " + describe(model), exampleShape);
        }
    }

    /** Takes each number for the nearest that the model has a row for, where it takes whole numbers. */
    static void toTokens(float[] x, OptionalLong tokens) {
        if (tokens.isPresent()) {
            float last = tokens.getAsLong() - 1;
            float most = last < tokens.getAsLong() ? last : Math.nextDown(last);
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.max(0, Math.min(most, (float) Math.rint(x[i])));
            }
        }
    }

    /**
     * Refuses a label that the model's output cannot predict.
     *
     * @param values how many classes the schema allows, or how many numbers one label has
     */
    static void requireLabel(ModelGraph model, boolean classes, long values) {
        long outputs = outputs(model);
        if (classes && values > outputs) {
            throw InvalidDocument.at(
                    "dataset.label",
                    "at most " + outputs + " classes, as the model's output",
                    values + " in the schema");
        }
        if (!classes && values != outputs) {
            throw InvalidDocument.at(
                    "dataset.label", outputs + " numbers for each example, as the model's output", values);
        }
    }
}
