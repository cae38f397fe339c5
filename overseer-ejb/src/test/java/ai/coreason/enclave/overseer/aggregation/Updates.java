package ai.coreason.enclave.overseer.aggregation;

import ai.coreason.enclave.privacy.plan.Strategy;
import ai.coreason.enclave.privacy.plan.StrategySpec;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What rules are given, from arrays by name. */
final class Updates {
    private Updates() {}

    static StrategySpec settings(double serverLearningRate) {
        return new StrategySpec(
                Strategy.FED_AVG,
                serverLearningRate,
                0,
                0.9,
                0.99,
                1e-3,
                OptionalDouble.empty(),
                OptionalLong.empty(),
                OptionalDouble.empty());
    }

    static Map<String, FloatBuffer> base(Map<String, float[]> values) {
        Map<String, FloatBuffer> base = new LinkedHashMap<>();
        values.forEach((name, v) -> base.put(name, FloatBuffer.wrap(v).asReadOnlyBuffer()));
        return base;
    }

    static Part part(double weight, Map<String, float[]> difference) {
        return new Part(weight, name -> FloatBuffer.wrap(difference.get(name)));
    }

    /** What {@link FedAvg} gives. */
    static Next averaged(Map<String, float[]> base, List<Part> parts, double serverLearningRate) {
        return new FedAvg().next(settings(serverLearningRate), base(base), ServerState.NONE, parts);
    }
}
