package ai.coreason.enclave.overseer.aggregation;

import ai.coreason.enclave.privacy.plan.PlanRanges;
import java.nio.FloatBuffer;
import java.util.Map;

/** What a round's updates give. */
public sealed interface Next {
    /**
     * The next model.
     *
     * @param values of the trained parameters by name, all of them such as training may start from
     * @param state what the rule wants back in the next round
     */
    record Model(Map<String, float[]> values, ServerState state) implements Next {}

    /**
     * No model: a value of this parameter is no number, infinite, or larger than {@link PlanRanges#LARGEST_WEIGHT}, from which no
     * node would train.
     *
     * @param parameter the first one
     */
    record OutOfRange(String parameter) implements Next {}

    /** A model of these values, if training may start from all of them. */
    static Next of(Map<String, float[]> values, ServerState state) {
        return values.entrySet().stream()
                .filter(p -> !PlanRanges.holdsWeights(FloatBuffer.wrap(p.getValue())))
                .<Next>map(p -> new OutOfRange(p.getKey()))
                .findFirst()
                .orElseGet(() -> new Model(values, state));
    }
}
