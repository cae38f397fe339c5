package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.privacy.plan.TrainingPlan;

/**
 * What a node trains with in every attempt at a round.
 *
 * @param plan the node's own
 * @param baseDigest the model that the round starts from
 */
public record RoundTerms(TrainingPlan plan, String baseDigest) {}
