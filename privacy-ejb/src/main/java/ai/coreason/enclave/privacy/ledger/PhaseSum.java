package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.privacy.accounting.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Phases that follow one another, equal mechanisms merged in the order in which they came first. Not thread-safe. */
final class PhaseSum {
    private record Mechanism(double samplingRate, double noiseMultiplier) {
        static Mechanism of(Phase p) {
            return new Mechanism(p.samplingRate(), p.noiseMultiplier());
        }
    }

    private final Map<Mechanism, Long> steps = new LinkedHashMap<>();

    void add(Phase phase) {
        steps.merge(Mechanism.of(phase), phase.steps(), Math::addExact);
    }

    /** All phases so far, and one more. */
    List<Phase> with(Optional<Phase> next) {
        List<Phase> phases = new ArrayList<>(steps.size() + 1);
        Optional<Mechanism> same = next.map(Mechanism::of).filter(steps::containsKey);
        steps.forEach((m, n) -> {
            long more = same.filter(m::equals).map(s -> next.get().steps()).orElse(0L);
            phases.add(new Phase(m.samplingRate(), m.noiseMultiplier(), Math.addExact(n, more)));
        });
        if (same.isEmpty()) {
            next.ifPresent(phases::add);
        }
        return phases;
    }
}
