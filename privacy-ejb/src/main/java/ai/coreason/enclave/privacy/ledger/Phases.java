package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.privacy.accounting.Phase;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The composition that a set of charges amounts to: equal mechanisms merged, their steps added. */
public final class Phases {
    private Phases() {}

    /** The phases of the protected rows that a test accepts, and of one more. */
    public static List<Phase> with(List<ChargeRow> rows, Predicate<ChargeRow> test, Optional<Phase> next) {
        PhaseSum sum = new PhaseSum();
        rows.stream().filter(test).forEach(r -> r.request().phase().ifPresent(sum::add));
        return sum.with(next);
    }
}
