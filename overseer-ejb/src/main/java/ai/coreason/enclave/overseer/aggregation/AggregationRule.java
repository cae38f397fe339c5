package ai.coreason.enclave.overseer.aggregation;

import ai.coreason.enclave.privacy.plan.Strategy;
import ai.coreason.enclave.privacy.plan.StrategySpec;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * How a round's updates become the next model: one class a strategy, marked {@link ServerRule}. Pure and stateless: what a rule keeps
 * between rounds is {@link ServerState}. The same arguments in the same order give the same bits, so that a round can be replayed;
 * sums therefore run in float64 and in the order given.
 */
public interface AggregationRule {
    /** Whose rule it is. */
    Strategy strategy();

    /**
     * The next model, if the updates give one.
     *
     * @param settings the job's parameters of the strategy
     * @param base the model's trained parameters by name, each row-major; read-only
     * @param state what this rule gave in the round before; {@link ServerState#NONE} in the first
     * @param parts the participants' updates in the order of their node ids, one tensor at a time
     * @throws IllegalArgumentException if there is no part, or one does not fit the base
     */
    Next next(StrategySpec settings, Map<String, FloatBuffer> base, ServerState state, List<Part> parts);
}
