package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import java.util.HashMap;
import java.util.Map;

/**
 * The divergences that phases cost a filter, added in their order, so that everyone who adds them gets the same double. Not
 * thread-safe.
 */
final class FilterSum {
    private record Mechanism(double samplingRate, double noiseMultiplier) {}

    private final RdpFilter filter;
    private final Map<Mechanism, Double> costs = new HashMap<>();
    private double value;

    FilterSum(RdpFilter filter) {
        this(filter, 0);
    }

    /** A sum that goes on from an earlier one. */
    FilterSum(RdpFilter filter, double value) {
        this.filter = filter;
        this.value = value;
    }

    void add(Phase phase) {
        value = with(phase);
    }

    /** What the sum would be with one more phase. */
    double with(Phase phase) {
        return value
                + phase.steps()
                        * costs.computeIfAbsent(
                                new Mechanism(phase.samplingRate(), phase.noiseMultiplier()),
                                m -> filter.cost(new Phase(m.samplingRate(), m.noiseMultiplier(), 1)));
    }

    /** The sum of divergences at the filter's order, at least 0. */
    double value() {
        return value;
    }
}
