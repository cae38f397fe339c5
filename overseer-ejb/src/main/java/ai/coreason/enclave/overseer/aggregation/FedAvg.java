package ai.coreason.enclave.overseer.aggregation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Federated averaging: {@code w + η Σ (n_i / Σ n) Δ_i} over the participants' differences Δ_i (McMahan et al. 2017,
 * Algorithm 1; the server step η as in Reddi et al. 2021). Sums run in float64 in the order given, so that the same
 * contributions in the same order give the same bytes.
 */
public final class FedAvg {
    private FedAvg() {}

    /**
     * One participant's part.
     *
     * @param weight the declared, public row count
     * @param difference parameter name to values: local minus base
     */
    public record Part(double weight, Map<String, float[]> difference) {}

    /**
     * The next model.
     *
     * @param base parameter name to values
     * @param parts in the order of their node ids; every difference has the base's names and sizes
     * @param serverLearningRate η, usually 1
     * @throws IllegalArgumentException if there is no part, or one does not fit
     */
    public static Map<String, float[]> next(Map<String, float[]> base, List<Part> parts, double serverLearningRate) {
        double total = parts.stream().mapToDouble(Part::weight).sum();
        if (!(total > 0)) {
            throw new IllegalArgumentException("parts: expected at least one of positive weight, got " + parts.size());
        }
        Map<String, float[]> next = new LinkedHashMap<>();
        base.forEach((name, values) -> {
            double[] sum = new double[values.length];
            for (Part part : parts) {
                float[] d = part.difference().get(name);
                if (d == null || d.length != values.length) {
                    throw new IllegalArgumentException(
                            name + ": expected " + values.length + " values, got " + (d == null ? 0 : d.length));
                }
                double share = part.weight() / total;
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += share * d[i];
                }
            }
            float[] out = new float[values.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) (values[i] + serverLearningRate * sum[i]);
            }
            next.put(name, out);
        });
        return next;
    }
}
