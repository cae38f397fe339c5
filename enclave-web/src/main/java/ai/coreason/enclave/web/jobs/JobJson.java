package ai.coreason.enclave.web.jobs;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.evaluation.HeldOut;
import ai.coreason.enclave.overseer.evaluation.Score;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDesk;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.ContributionState;
import ai.coreason.enclave.overseer.round.Round;
import ai.coreason.enclave.overseer.round.RoundMetrics;
import ai.coreason.enclave.overseer.round.RoundTable;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Jobs and rounds in the form that the API shows. */
@ApplicationScoped
public class JobJson {
    @Inject
    private JobDesk jobs;

    @Inject
    private RoundTable rounds;

    @Inject
    private RoundMetrics metrics;

    @Inject
    private LedgerMirror mirror;

    @Inject
    private StopOrders stops;

    /** One line of a list. */
    ObjectNode summary(Job job) {
        ObjectNode o = Json.object()
                .put("job_id", job.id())
                .put("job_digest", job.jobDigest())
                .put("graph_digest", job.graphDigest())
                .put("submitter", job.submitter())
                .put("status", job.state().name());
        job.reason().ifPresent(r -> o.put("reason", r));
        o.put("strategy", job.document().path("strategy").asText())
                .put("rounds_total", job.roundsTotal())
                .put("round", job.roundsClosed());
        if (job.hasModel()) {
            o.put("model_digest", job.modelDigest());
        }
        return o.put("created_at", job.createdAt().toString())
                .put("updated_at", job.updatedAt().toString());
    }

    /** A job with its nodes. */
    ObjectNode whole(Job job) {
        ObjectNode o = summary(job);
        if (stops.frozen(job.id())) {
            o.put("frozen", true);
        }
        ArrayNode nodes = o.putArray("nodes");
        List<ChargeRow> charges = mirror.rowsOfJob(job.id());
        for (Participation p : jobs.participations(job.id())) {
            NodePlan plan = p.plan();
            ObjectNode n = nodes.addObject()
                    .put("node_id", p.nodeId())
                    .put("declared_rows", plan.declaredRows())
                    .put("affordable_rounds", plan.affordableRounds());
            Optional<ChargeRow> last = charges.stream()
                    .filter(c -> c.request().nodeId().equals(p.nodeId()))
                    .reduce((a, b) -> b);
            boolean open = plan.phase().isEmpty();
            if (open) {
                n.putNull("epsilon");
            } else {
                n.put("epsilon", last.map(r -> r.spending().jobEpsilonAfter()).orElse(0.0));
            }
            n.put("delta", plan.delta())
                    .put("limit", plan.limit())
                    .put("noise_multiplier", plan.training().noiseMultiplier())
                    .put("sampling_rate", plan.training().samplingRate())
                    .put(
                            "steps",
                            charges.stream()
                                    .filter(c -> c.request().nodeId().equals(p.nodeId()))
                                    .mapToLong(c -> plan.training().steps())
                                    .sum())
                    .put("status", p.state().name());
            showMetricCost(n, plan);
            p.reason().ifPresent(r -> n.put("reason", r));
        }
        return o;
    }

    /** What the metrics cost: ε of the affordable rounds with them, and by the model alone. */
    private static void showMetricCost(ObjectNode node, NodePlan plan) {
        if (plan.phase().isEmpty() || plan.training().metrics().metrics().isEmpty() || plan.affordableRounds() == 0) {
            return;
        }
        Phase with = plan.phase().get();
        long steps = Math.multiplyExact(with.steps(), plan.affordableRounds());
        node.put("metric_noise_multiplier", plan.training().metrics().noiseMultiplier())
                .put("effective_noise_multiplier", with.noiseMultiplier())
                .put("planned_epsilon", epsilon(with.samplingRate(), with.noiseMultiplier(), steps, plan.delta()))
                .put(
                        "planned_epsilon_without_metrics",
                        epsilon(with.samplingRate(), plan.training().noiseMultiplier(), steps, plan.delta()));
    }

    private static double epsilon(double rate, double noise, long steps, double delta) {
        return PlanAccountant.epsilon(List.of(new Phase(rate, noise, steps)), delta)
                .epsilon();
    }

    /** The attempts of a job. */
    ArrayNode rounds(Job job) {
        ArrayNode out = Json.object().putArray("rounds");
        for (Round r : rounds.rounds(job.id())) {
            ObjectNode shown = round(r, rounds.contributions(r));
            metrics.of(r).forEach((m, v) -> shown.withObject("/metrics").put(m.wire(), v));
            out.add(shown);
        }
        return out;
    }

    private static ObjectNode round(Round r, List<Contribution> contributions) {
        ObjectNode o = Json.object()
                .put("round", r.number())
                .put("attempt", r.attempt())
                .put("state", r.state().name());
        ArrayNode participants = o.putArray("participants");
        ArrayNode declined = o.putArray("declined");
        ObjectNode train = o.putObject("train_ms");
        long bytes = 0;
        for (Contribution c : contributions) {
            if (c.state() == ContributionState.ADMITTED) {
                participants.add(c.nodeId());
                train.put(c.nodeId(), c.trainMillis());
                bytes += c.envelopeBytes();
            }
            if (c.reason().isPresent()) {
                declined.addObject()
                        .put("node_id", c.nodeId())
                        .put("state", c.state().name())
                        .put("reason", c.reason().get());
            }
        }
        o.put("opened_at", r.openedAt().toString()).put("deadline", r.deadline().toString());
        r.endedAt().ifPresent(end -> {
            o.put("closed_at", end.toString());
            o.put("duration_ms", millis(r.openedAt(), end));
        });
        r.aggregatingAt().ifPresent(at -> {
            o.put("open_ms", millis(r.openedAt(), at));
            r.endedAt().ifPresent(end -> o.put("aggregate_ms", millis(at, end)));
        });
        o.put("update_bytes", bytes).put("base_digest", r.baseDigest());
        r.modelDigest().ifPresent(d -> o.put("model_digest", d));
        o.putObject("metrics");
        r.heldOut().ifPresent(said -> o.set("hold_out", heldOut(said)));
        return o;
    }

    private static ObjectNode heldOut(HeldOut said) {
        if (said instanceof HeldOut.Refused refused) {
            return Json.object().put("refused", refused.why());
        }
        HeldOut.Measured measured = (HeldOut.Measured) said;
        Score s = measured.score();
        ObjectNode shown = Json.object().put("records", s.records());
        s.loss().ifPresentOrElse(v -> shown.put("loss", v), () -> shown.putNull("loss"));
        s.accuracy().ifPresent(v -> shown.put("accuracy", v));
        if (!measured.notes().isBlank()) {
            shown.put("notes", measured.notes());
        }
        return shown;
    }

    private static long millis(Instant from, Instant to) {
        return Duration.between(from, to).toMillis();
    }
}
