package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDesk;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.privacy.plan.EarlyStopping;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.sentry.contract.FederationJob;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The metrics of a job's rounds: means over the admitted contributions, weighted by declared rows as the model is. */
@Stateless
public class RoundMetrics {
    @Inject
    private RoundTable table;

    @Inject
    private JobDesk jobs;

    /** The metrics of one attempt that every admitted contribution has. */
    public Map<Metric, Double> of(Round round) {
        return mean(
                table.contributions(round).stream()
                        .filter(c -> c.state() == ContributionState.ADMITTED)
                        .toList(),
                jobs.participations(round.jobId()).stream()
                        .collect(Collectors.toMap(
                                Participation::nodeId, p -> p.plan().declaredRows())));
    }

    /** Why a job ends now, if its early stopping says so. */
    public Optional<String> stopped(Job job, FederationJob document) {
        return document.training().earlyStopping().flatMap(rule -> stopped(rule, history(job, rule)));
    }

    private static Optional<String> stopped(EarlyStopping rule, List<Double> history) {
        return rule.stops(history)
                ? Optional.of("stopped early: " + rule.metric().wire() + " did not get better for " + rule.patience()
                        + " rounds")
                : Optional.empty();
    }

    private List<Double> history(Job job, EarlyStopping rule) {
        List<Double> out = new ArrayList<>();
        for (Round round : table.rounds(job.id())) {
            if (round.state() == RoundState.CLOSED) {
                Optional.ofNullable(of(round).get(rule.metric())).ifPresent(out::add);
            }
        }
        return out;
    }

    static Map<Metric, Double> mean(List<Contribution> admitted, Map<String, Long> weights) {
        Map<Metric, Double> out = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            double sum = 0;
            double total = 0;
            for (Contribution c : admitted) {
                double weight = weights.get(c.nodeId());
                total += weight;
                sum += weight * c.metrics().getOrDefault(metric, Double.NaN);
            }
            if (total > 0 && !Double.isNaN(sum)) {
                out.put(metric, sum / total);
            }
        }
        return out;
    }
}
