package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The charges of one job so far; there is at least one. Not thread-safe. */
final class JobCharges {
    private record Terms(Optional<Phase> phase, double maxGradNorm, double normaliser, double limit, double delta) {
        static Terms of(ChargeRequest r) {
            return new Terms(r.phase(), r.maxGradNorm(), r.normaliser(), r.jobLimit(), r.jobDelta());
        }
    }

    private final ChargeRequest first;
    private final PhaseSum phases = new PhaseSum();
    private final List<Phase> inOrder = new ArrayList<>();
    private boolean unprotected;
    private boolean pinned = true;
    private Optional<FilterSum> spent = Optional.empty();

    JobCharges(ChargeRequest first) {
        this.first = first;
    }

    void add(ChargeRequest request) {
        pinned &= sameTerms(request);
        unprotected |= request.phase().isEmpty();
        request.phase().ifPresent(p -> {
            phases.add(p);
            inOrder.add(p);
            spent.ifPresent(sum -> sum.add(p));
        });
    }

    ChargeRequest first() {
        return first;
    }

    /** Whether all charges have the terms of the first. */
    boolean pinned() {
        return pinned;
    }

    /** Whether a request has the terms of the first charge. */
    boolean sameTerms(ChargeRequest request) {
        return Terms.of(request).equals(Terms.of(first));
    }

    /** Whether one of the charges has no noise. */
    boolean unprotected() {
        return unprotected;
    }

    /** The protected charges, and one more. */
    List<Phase> phases(Optional<Phase> next) {
        return phases.with(next);
    }

    /** The ε, by the filter of the first charge, of the protected charges and one more. */
    double epsilonByFilter(Phase next) {
        RdpFilter filter = RdpFilter.forCeiling(first.jobLimit(), first.jobDelta());
        if (spent.isEmpty()) {
            FilterSum sum = new FilterSum(filter);
            inOrder.forEach(sum::add);
            spent = Optional.of(sum);
        }
        return filter.epsilon(spent.get().with(next));
    }
}
