package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import java.util.OptionalLong;

/** What a model takes of encoded records. */
final class ModelFit {
    private ModelFit() {}

    /** The shape of one input. */
    static long[] inputShape(ModelGraph model) {
        return model.input().shape().extents().stream()
                .mapToLong(Long::longValue)
                .toArray();
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
}
