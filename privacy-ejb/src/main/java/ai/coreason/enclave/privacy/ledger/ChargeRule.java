package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.PrivacyLoss;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Meaning;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Spending;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one charge costs behind others, and whether its job may still choose it: the rule by which a node charges, an
 * Overseer mirrors and an auditor recomputes. Pure.
 *
 * <p>A job's first charge pins its terms: sampling rate, noise, steps, clipping norm, normaliser, limit and δ. All its
 * charges are then rounds of one plan, and the smaller of two accountants holds however many are run. A job that two
 * branches of a recovered ledger, or an earlier version, charged on differing terms cannot be pinned any more; it runs under
 * the filter of its limit and δ, which holds for choices made on the way.
 */
public final class ChargeRule {
    /** The accountant that {@link EpsilonMeaning#FILTER} figures name. */
    public static final String FILTER = "RDP_FILTER";

    private static final String FILTER_VERSION = "1";
    private static final String NONE = "none";

    private record Figure(double epsilon, String accountant, String version, EpsilonMeaning meaning) {
        static final Figure UNBOUNDED = new Figure(Double.NaN, NONE, NONE, EpsilonMeaning.NONE);
    }

    private ChargeRule() {}

    /**
     * The figures of a charge.
     *
     * @param before all rows of the dataset before it
     */
    public static Spending spending(Dataset dataset, List<ChargeRow> before, ChargeRequest request) {
        return spending(ChargesSoFar.of(dataset, before), request);
    }

    /** The figures of a charge behind others. */
    static Spending spending(ChargesSoFar before, ChargeRequest request) {
        RdpFilter filter = before.dataset().filter();
        Figure earlier = hindsight(before, Optional.empty());
        Figure all = request.phase().isEmpty() ? Figure.UNBOUNDED : hindsight(before, request.phase());
        Figure job = job(before, request);
        return new Spending(
                request.phase().isEmpty() ? Double.NaN : earlier.epsilon(),
                all.epsilon(),
                job.epsilon(),
                filter.order(),
                before.spent(request.phase()),
                all.accountant(),
                all.version(),
                job.accountant(),
                job.version(),
                Optional.of(new Meaning(all.meaning(), job.meaning())));
    }

    /**
     * The figures that a charge had before jobs were pinned: of the protected charges alone, as if all were fixed
     * beforehand.
     *
     * @param before all rows of the dataset before it
     */
    static Spending earlier(Dataset dataset, List<ChargeRow> before, ChargeRequest request) {
        return earlier(ChargesSoFar.of(dataset, before), request);
    }

    /** The same behind others. */
    static Spending earlier(ChargesSoFar before, ChargeRequest request) {
        RdpFilter filter = before.dataset().filter();
        double spent = before.spent(request.phase());
        if (request.phase().isEmpty()) {
            return new Spending(
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    filter.order(),
                    spent,
                    NONE,
                    NONE,
                    NONE,
                    NONE,
                    Optional.empty());
        }
        double earlier = before.loss(Optional.empty()).epsilon();
        Figure all = figure(before.loss(request.phase()), EpsilonMeaning.HINDSIGHT);
        Figure job = figure(composed(before, request), EpsilonMeaning.HINDSIGHT);
        return new Spending(
                earlier,
                all.epsilon(),
                job.epsilon(),
                filter.order(),
                spent,
                all.accountant(),
                all.version(),
                job.accountant(),
                job.version(),
                Optional.empty());
    }

    /**
     * How a charge differs from what its job's first charge pinned, by the member; empty where it may be made. A job that
     * cannot be pinned may change its terms under its filter, but not the filter.
     *
     * @param before all rows of the dataset before it
     */
    public static Optional<String> objection(List<ChargeRow> before, ChargeRequest request) {
        List<ChargeRequest> own = before.stream()
                .map(ChargeRow::request)
                .filter(r -> r.key().jobId().equals(request.key().jobId()))
                .toList();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        JobCharges job = new JobCharges(own.get(0));
        own.forEach(job::add);
        return objection(job, request);
    }

    /** The same behind others. */
    static Optional<String> objection(ChargesSoFar before, ChargeRequest request) {
        return before.job(request).flatMap(job -> objection(job, request));
    }

    private static Optional<String> objection(JobCharges own, ChargeRequest request) {
        ChargeRequest first = own.first();
        Optional<String> fixed = differs("job_limit", first.jobLimit(), request.jobLimit())
                .or(() -> differs("job_delta", first.jobDelta(), request.jobDelta()));
        if (fixed.isPresent() || !own.pinned()) {
            return fixed;
        }
        return differs(
                        "sampling_rate",
                        first.phase().map(Phase::samplingRate),
                        request.phase().map(Phase::samplingRate))
                .or(() -> differs(
                        "noise_multiplier",
                        first.phase().map(Phase::noiseMultiplier),
                        request.phase().map(Phase::noiseMultiplier)))
                .or(() -> differs(
                        "steps",
                        first.phase().map(Phase::steps),
                        request.phase().map(Phase::steps)))
                .or(() -> differs("max_grad_norm", first.maxGradNorm(), request.maxGradNorm()))
                .or(() -> differs("normaliser", first.normaliser(), request.normaliser()));
    }

    /** Whether what a charge costs exceeds the job's own limit; the figures are those of {@link #spending}. */
    static boolean passesJobLimit(ChargeRequest request, Spending spending) {
        return request.phase().isPresent() && !(spending.jobEpsilonAfter() <= request.jobLimit());
    }

    private static Figure hindsight(ChargesSoFar before, Optional<Phase> next) {
        return before.unprotected() ? Figure.UNBOUNDED : figure(before.loss(next), EpsilonMeaning.HINDSIGHT);
    }

    private static Figure job(ChargesSoFar before, ChargeRequest request) {
        Optional<JobCharges> own = before.job(request);
        if (request.phase().isEmpty() || own.filter(JobCharges::unprotected).isPresent()) {
            return Figure.UNBOUNDED;
        }
        return own.filter(job -> !job.pinned() || !job.sameTerms(request))
                .map(job -> new Figure(
                        job.epsilonByFilter(request.phase().get()), FILTER, FILTER_VERSION, EpsilonMeaning.FILTER))
                .orElseGet(() -> figure(composed(before, request), EpsilonMeaning.PLAN));
    }

    /** The loss of the job's protected charges with this one. */
    private static PrivacyLoss composed(ChargesSoFar before, ChargeRequest request) {
        List<Phase> phases = before.job(request)
                .map(job -> job.phases(request.phase()))
                .orElseGet(() -> request.phase().stream().toList());
        return PlanAccountant.epsilon(phases, request.jobDelta());
    }

    private static Figure figure(PrivacyLoss loss, EpsilonMeaning meaning) {
        return new Figure(loss.epsilon(), loss.accountant(), loss.version(), meaning);
    }

    private static Optional<String> differs(String member, Object pinned, Object came) {
        return Objects.equals(pinned, came)
                ? Optional.empty()
                : Optional.of(
                        member + ": expected " + shown(pinned) + ", as in the job's first charge, got " + shown(came));
    }

    private static Object shown(Object value) {
        return value instanceof Optional<?> maybe ? maybe.map(Object::toString).orElse("none") : value;
    }
}
