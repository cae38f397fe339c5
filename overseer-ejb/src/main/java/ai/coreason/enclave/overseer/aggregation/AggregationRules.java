package ai.coreason.enclave.overseer.aggregation;

import ai.coreason.enclave.privacy.plan.Strategy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.EnumMap;
import java.util.Map;

/** The rule of each strategy: all that are marked {@link ServerRule}. Thread-safe. */
@ApplicationScoped
public class AggregationRules {
    private final Map<Strategy, AggregationRule> rules = new EnumMap<>(Strategy.class);

    /** For the container's proxies. */
    protected AggregationRules() {}

    /** The rules that the container finds. */
    @Inject
    AggregationRules(Instance<AggregationRule> found) {
        this((Iterable<AggregationRule>) found);
    }

    /**
     * These rules.
     *
     * @throws IllegalStateException if a strategy has two, or one that is available has none
     */
    AggregationRules(Iterable<AggregationRule> found) {
        for (AggregationRule rule : found) {
            AggregationRule other = rules.put(rule.strategy(), rule);
            if (other != null) {
                throw new IllegalStateException(rule.strategy() + ": expected one aggregation rule, got "
                        + other.getClass().getSimpleName() + " and "
                        + rule.getClass().getSimpleName());
            }
        }
        for (Strategy strategy : Strategy.values()) {
            if (strategy.available() && !rules.containsKey(strategy)) {
                throw new IllegalStateException(strategy + ": expected an aggregation rule, got none");
            }
        }
    }

    /**
     * The rule of a strategy.
     *
     * @throws IllegalArgumentException if this version cannot run it
     */
    public AggregationRule of(Strategy strategy) {
        AggregationRule rule = rules.get(strategy);
        if (rule == null) {
            throw new IllegalArgumentException("strategy: expected one available in this version, got " + strategy);
        }
        return rule;
    }
}
