package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A job's aggregation strategy with its parameters. A parameter that the strategy does not use is refused, so that none
 * is passed over in silence.
 *
 * @param strategy the rule
 * @param serverLearningRate factor on the aggregated update, &gt; 0; 1 when left out
 * @param proximalMu FedProx's μ, &ge; 0; 0 when left out
 * @param serverBeta1 first-moment decay of FedAdam and FedYogi, in [0, 1); 0.9 when left out (Reddi et al. 2021)
 * @param serverBeta2 second-moment decay, in [0, 1); 0.99 when left out
 * @param serverTau degree of adaptivity τ, &gt; 0; 0.001 when left out
 * @param trimFraction share trimmed at each end, in [0, 0.5)
 * @param krumByzantine how many updates Krum takes to be hostile, &ge; 0
 * @param maxUpdateNorm largest L2 norm of an update that is admitted, &gt; 0
 */
public record StrategySpec(
        Strategy strategy,
        double serverLearningRate,
        double proximalMu,
        double serverBeta1,
        double serverBeta2,
        double serverTau,
        OptionalDouble trimFraction,
        OptionalLong krumByzantine,
        OptionalDouble maxUpdateNorm) {

    private static final Range DECAY = new Range(0, false, 1, true, "a number in [0, 1)");
    private static final Range TRIM = new Range(0, false, 0.5, true, "a number in [0, 0.5)");
    private static final Range WHOLE_FEDERATION =
            new Range(1, false, 1, false, "1: this version trains on every client in every round");
    private static final Set<Strategy> ADAPTIVE = Set.of(Strategy.FED_ADAM, Strategy.FED_YOGI);

    /** Reads the strategy's members of {@code training}. */
    static StrategySpec read(Strategy strategy, JsonFields f) {
        f.number("client_fraction", WHOLE_FEDERATION, 1);
        double mu = f.number("proximal_mu", Range.nonNegative(), 0);
        if (mu > 0 && strategy != Strategy.FED_PROX) {
            throw InvalidDocument.at(f.at("proximal_mu"), "0 or nothing with strategy " + strategy, mu);
        }
        for (String name : new String[] {"server_beta1", "server_beta2", "server_tau"}) {
            onlyWith(ADAPTIVE.contains(strategy), strategy, f, name);
        }
        onlyWith(strategy == Strategy.TRIMMED_MEAN, strategy, f, "trim_fraction");
        onlyWith(strategy == Strategy.KRUM, strategy, f, "krum_byzantine");
        return new StrategySpec(
                strategy,
                f.number("server_learning_rate", PlanRanges.LEARNING_RATE, 1),
                mu,
                f.number("server_beta1", DECAY, 0.9),
                f.number("server_beta2", DECAY, 0.99),
                f.number("server_tau", Range.positive(), 1e-3),
                f.optionalNumber("trim_fraction", TRIM),
                f.has("krum_byzantine") ? OptionalLong.of(f.whole("krum_byzantine", 0, 10_000)) : OptionalLong.empty(),
                f.optionalNumber("max_update_norm", Range.positive()));
    }

    private static void onlyWith(boolean used, Strategy strategy, JsonFields f, String name) {
        if (!used && f.has(name)) {
            throw InvalidDocument.notAllowed(f.at(name), "with strategy " + strategy);
        }
    }
}
