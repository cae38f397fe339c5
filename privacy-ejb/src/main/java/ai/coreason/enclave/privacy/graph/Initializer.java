package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.privacy.graph.operator.Parameter;
import ai.coreason.enclave.privacy.graph.operator.RandomBits;
import java.util.LinkedHashMap;
import java.util.Map;

/** First weights of a model, distributed as PyTorch's default initialisation ({@code reset_parameters}) draws them. */
public final class Initializer {
    private Initializer() {}

    /**
     * Draws weights for every parameter, in the order of {@link ModelGraph#parameters()}.
     *
     * @param bits where the randomness comes from; the same bits give the same weights
     */
    public static Weights initial(ModelGraph graph, RandomBits bits) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            for (Parameter parameter : node.operator().parameters()) {
                values.put(node.name() + "." + parameter.name(), draw(parameter, bits));
            }
        }
        return Weights.of(graph, values);
    }

    private static float[] draw(Parameter parameter, RandomBits bits) {
        float[] out = new float[Math.toIntExact(parameter.shape().size())];
        parameter.initial().fill(out, bits);
        return out;
    }
}
