package ai.coreason.enclave.overseer.aggregation;

import ai.coreason.enclave.privacy.plan.Strategy;
import ai.coreason.enclave.privacy.plan.StrategySpec;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Federated averaging: {@code w + η Σ (n_i / Σ n) Δ_i} over the participants' differences Δ_i (McMahan et al. 2017,
 * Algorithm 1; the server step η as in Reddi et al. 2021). It keeps nothing between rounds.
 */
@ServerRule
final class FedAvg implements AggregationRule {
    @Override
    public Strategy strategy() {
        return Strategy.FED_AVG;
    }

    @Override
    public Next next(StrategySpec settings, Map<String, FloatBuffer> base, ServerState state, List<Part> parts) {
        double total = parts.stream().mapToDouble(Part::weight).sum();
        if (!(total > 0)) {
            throw new IllegalArgumentException("parts: expected at least one of positive weight, got " + parts.size());
        }
        Map<String, float[]> next = new LinkedHashMap<>();
        base.forEach((name, values) -> {
            double[] sum = sum(name, values.limit(), parts, total);
            float[] out = new float[sum.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) (values.get(i) + settings.serverLearningRate() * sum[i]);
            }
            next.put(name, out);
        });
        return Next.of(next, ServerState.NONE);
    }

    private static double[] sum(String name, int length, List<Part> parts, double total) {
        double[] sum = new double[length];
        for (Part part : parts) {
            FloatBuffer d = part.difference(name, length);
            double share = part.weight() / total;
            for (int i = 0; i < length; i++) {
                sum[i] += share * d.get(i);
            }
        }
        return sum;
    }
}
