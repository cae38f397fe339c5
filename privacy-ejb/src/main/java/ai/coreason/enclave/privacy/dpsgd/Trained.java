package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.plan.Metric;
import java.util.Map;

/**
 * What a training gives: all of it is covered by the plan's cost.
 *
 * @param weights after the last step; frozen ones as they were
 * @param metrics those that the plan releases, noised
 */
public record Trained(Weights weights, Map<Metric, Double> metrics) {}
