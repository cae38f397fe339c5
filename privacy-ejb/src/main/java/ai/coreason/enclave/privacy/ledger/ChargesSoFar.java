package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.PrivacyLoss;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the rows of a dataset amount to, added up as they follow one another, so that the figures of one more row cost that row and
 * not all of them again. {@link ChargeRule} computes from it the same figures, to the bit, as from the rows themselves. Not
 * thread-safe.
 */
public final class ChargesSoFar {
    private record Composition(List<Phase> phases, double delta) {}

    private final Dataset dataset;
    private final PhaseSum phases = new PhaseSum();
    private final FilterSum spent;
    private final Map<String, JobCharges> jobs = new HashMap<>();
    private final Set<AttemptKey> attempts = new HashSet<>();
    private boolean unprotected;
    private boolean meant;
    private Composition asked = new Composition(List.of(), Double.NaN);
    private PrivacyLoss answered;

    /** Nothing is charged on a dataset. */
    public ChargesSoFar(Dataset dataset) {
        this.dataset = dataset;
        this.spent = new FilterSum(dataset.filter());
    }

    /** All rows of a dataset in sequence. */
    public static ChargesSoFar of(Dataset dataset, List<ChargeRow> rows) {
        ChargesSoFar all = new ChargesSoFar(dataset);
        rows.forEach(all::add);
        return all;
    }

    /** Adds the row that follows. */
    public void add(ChargeRow row) {
        ChargeRequest request = row.request();
        request.phase().ifPresent(p -> {
            phases.add(p);
            spent.add(p);
        });
        unprotected |= request.phase().isEmpty();
        meant |= row.spending().meaning().isPresent();
        attempts.add(request.key());
        jobs.computeIfAbsent(request.key().jobId(), id -> new JobCharges(request))
                .add(request);
    }

    /** Whether an attempt is charged. */
    public boolean charged(AttemptKey attempt) {
        return attempts.contains(attempt);
    }

    Dataset dataset() {
        return dataset;
    }

    /** Whether one of the charges has no noise. */
    boolean unprotected() {
        return unprotected;
    }

    /** Whether one of the rows says what its figures mean. */
    boolean meant() {
        return meant;
    }

    /** The charges of the job that asks, if it has any. */
    Optional<JobCharges> job(ChargeRequest request) {
        return Optional.ofNullable(jobs.get(request.key().jobId()));
    }

    /** The protected charges, and one more. */
    List<Phase> phases(Optional<Phase> next) {
        return phases.with(next);
    }

    /** What the protected charges and one more take from the dataset's filter. */
    double spent(Optional<Phase> next) {
        return next.map(spent::with).orElse(spent.value());
    }

    /** The loss of the protected charges and one more: what a row ends with, the next one begins with. */
    PrivacyLoss loss(Optional<Phase> next) {
        Composition all = new Composition(phases(next), dataset.delta());
        if (!all.equals(asked)) {
            answered = PlanAccountant.epsilon(all.phases(), all.delta());
            asked = all;
        }
        return answered;
    }
}
