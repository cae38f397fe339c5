package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.privacy.accounting.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The composition that a set of charges amounts to: equal mechanisms merged, their steps added. */
public final class Phases {
    private record Mechanism(double samplingRate, double noiseMultiplier) {}

    private Phases() {}

    /** The phases of the protected rows that a test accepts, and of one more. */
    public static List<Phase> with(List<ChargeRow> rows, Predicate<ChargeRow> test, Optional<Phase> next) {
        Map<Mechanism, Long> steps = new LinkedHashMap<>();
        rows.stream().filter(test).forEach(r -> r.request().phase().ifPresent(p -> add(steps, p)));
        next.ifPresent(p -> add(steps, p));
        List<Phase> phases = new ArrayList<>();
        steps.forEach((m, n) -> phases.add(new Phase(m.samplingRate(), m.noiseMultiplier(), n)));
        return phases;
    }

    private static void add(Map<Mechanism, Long> steps, Phase p) {
        steps.merge(new Mechanism(p.samplingRate(), p.noiseMultiplier()), p.steps(), Math::addExact);
    }
}
