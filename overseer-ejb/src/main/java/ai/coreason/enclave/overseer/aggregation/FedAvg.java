package ai.coreason.enclave.overseer.aggregation;

import ai.coreason.enclave.privacy.plan.PlanRanges;
import java.nio.FloatBuffer;
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

    /** What an average gives. */
    public sealed interface Next {
        /** The next model: parameter name to values, all of them such as training may start from. */
        record Model(Map<String, float[]> values) implements Next {}

        /**
         * No model: a value of this parameter is no number, infinite, or larger than {@link PlanRanges#LARGEST_WEIGHT}, from
         * which no node would train.
         *
         * @param parameter the first one
         */
        record OutOfRange(String parameter) implements Next {}
    }

    /**
     * The next model, if it is one.
     *
     * @param base parameter name to values
     * @param parts in the order of their node ids; every difference has the base's names and sizes
     * @param serverLearningRate η, usually 1
     * @throws IllegalArgumentException if there is no part, or one does not fit
     */
    public static Next next(Map<String, float[]> base, List<Part> parts, double serverLearningRate) {
        double total = parts.stream().mapToDouble(Part::weight).sum();
        if (!(total > 0)) {
            throw new IllegalArgumentException("parts: expected at least one of positive weight, got " + parts.size());
        }
        Map<String, float[]> next = new LinkedHashMap<>();
        for (Map.Entry<String, float[]> parameter : base.entrySet()) {
            float[] values = parameter.getValue();
            double[] sum = sum(parameter.getKey(), values.length, parts, total);
            float[] out = new float[values.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) (values[i] + serverLearningRate * sum[i]);
            }
            if (!PlanRanges.holdsWeights(FloatBuffer.wrap(out))) {
                return new Next.OutOfRange(parameter.getKey());
            }
            next.put(parameter.getKey(), out);
        }
        return new Next.Model(next);
    }

    private static double[] sum(String name, int length, List<Part> parts, double total) {
        double[] sum = new double[length];
        for (Part part : parts) {
            float[] d = part.difference().get(name);
            if (d == null || d.length != length) {
                throw new IllegalArgumentException(
                        name + ": expected " + length + " values, got " + (d == null ? 0 : d.length));
            }
            double share = part.weight() / total;
            for (int i = 0; i < length; i++) {
                sum[i] += share * d[i];
            }
        }
        return sum;
    }
}
