package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.PrivacyLoss;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Meaning;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Spending;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/** {@link ChargeRule} as it was before rows were added up: from all rows anew, each time. What the sums give must be this. */
final class RuleByRows {
    private static final String FILTER_VERSION = "1";
    private static final String NONE = "none";

    private record Figure(double epsilon, String accountant, String version, EpsilonMeaning meaning) {
        static final Figure UNBOUNDED = new Figure(Double.NaN, NONE, NONE, EpsilonMeaning.NONE);
    }

    private record Terms(Optional<Phase> phase, double maxGradNorm, double normaliser, double limit, double delta) {
        static Terms of(ChargeRequest r) {
            return new Terms(r.phase(), r.maxGradNorm(), r.normaliser(), r.jobLimit(), r.jobDelta());
        }
    }

    private RuleByRows() {}

    static Spending spending(Dataset dataset, List<ChargeRow> before, ChargeRequest request) {
        RdpFilter filter = dataset.filter();
        Figure earlier = hindsight(before, Optional.empty(), dataset.delta());
        Figure all = request.phase().isEmpty() ? Figure.UNBOUNDED : hindsight(before, request.phase(), dataset.delta());
        Figure job = job(of(before, request), request);
        return new Spending(
                request.phase().isEmpty() ? Double.NaN : earlier.epsilon(),
                all.epsilon(),
                job.epsilon(),
                filter.order(),
                spent(filter, before, request),
                all.accountant(),
                all.version(),
                job.accountant(),
                job.version(),
                Optional.of(new Meaning(all.meaning(), job.meaning())));
    }

    static Spending earlier(Dataset dataset, List<ChargeRow> before, ChargeRequest request) {
        RdpFilter filter = dataset.filter();
        double spent = spent(filter, before, request);
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
        Figure all = composed(before, request.phase(), dataset.delta(), EpsilonMeaning.HINDSIGHT);
        Figure job = composed(of(before, request), request.phase(), request.jobDelta(), EpsilonMeaning.HINDSIGHT);
        return new Spending(
                composed(before, Optional.empty(), dataset.delta(), EpsilonMeaning.HINDSIGHT)
                        .epsilon(),
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

    static Optional<String> objection(List<ChargeRow> before, ChargeRequest request) {
        List<ChargeRow> own = of(before, request);
        if (own.isEmpty()) {
            return Optional.empty();
        }
        ChargeRequest first = own.get(0).request();
        Optional<String> fixed = differs("job_limit", first.jobLimit(), request.jobLimit())
                .or(() -> differs("job_delta", first.jobDelta(), request.jobDelta()));
        if (fixed.isPresent() || !pinned(own)) {
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

    private static Figure hindsight(List<ChargeRow> before, Optional<Phase> next, double delta) {
        if (before.stream().anyMatch(r -> r.request().phase().isEmpty())) {
            return Figure.UNBOUNDED;
        }
        return composed(before, next, delta, EpsilonMeaning.HINDSIGHT);
    }

    private static Figure job(List<ChargeRow> own, ChargeRequest request) {
        if (request.phase().isEmpty()
                || own.stream().anyMatch(r -> r.request().phase().isEmpty())) {
            return Figure.UNBOUNDED;
        }
        Terms now = Terms.of(request);
        if (own.stream().allMatch(r -> Terms.of(r.request()).equals(now))) {
            return composed(own, request.phase(), request.jobDelta(), EpsilonMeaning.PLAN);
        }
        ChargeRequest first = own.get(0).request();
        RdpFilter filter = RdpFilter.forCeiling(first.jobLimit(), first.jobDelta());
        return new Figure(
                filter.epsilon(spent(filter, own, request)), ChargeRule.FILTER, FILTER_VERSION, EpsilonMeaning.FILTER);
    }

    private static double spent(RdpFilter filter, List<ChargeRow> before, ChargeRequest request) {
        FilterSum sum = new FilterSum(filter);
        before.forEach(r -> r.request().phase().ifPresent(sum::add));
        request.phase().ifPresent(sum::add);
        return sum.value();
    }

    private static Figure composed(List<ChargeRow> rows, Optional<Phase> next, double delta, EpsilonMeaning meaning) {
        PrivacyLoss loss = PlanAccountant.epsilon(phases(rows, next), delta);
        return new Figure(loss.epsilon(), loss.accountant(), loss.version(), meaning);
    }

    private static boolean pinned(List<ChargeRow> own) {
        return own.stream().map(r -> Terms.of(r.request())).distinct().count() == 1;
    }

    private static List<ChargeRow> of(List<ChargeRow> rows, ChargeRequest request) {
        Predicate<ChargeRow> job =
                r -> r.request().key().jobId().equals(request.key().jobId());
        return rows.stream().filter(job).toList();
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

    private record Mechanism(double samplingRate, double noiseMultiplier) {}

    private static List<Phase> phases(List<ChargeRow> rows, Optional<Phase> next) {
        Map<Mechanism, Long> steps = new LinkedHashMap<>();
        List<Phase> all = new ArrayList<>();
        rows.forEach(r -> r.request().phase().ifPresent(all::add));
        next.ifPresent(all::add);
        all.forEach(p -> steps.merge(new Mechanism(p.samplingRate(), p.noiseMultiplier()), p.steps(), Math::addExact));
        List<Phase> merged = new ArrayList<>();
        steps.forEach((m, n) -> merged.add(new Phase(m.samplingRate(), m.noiseMultiplier(), n)));
        return merged;
    }
}
