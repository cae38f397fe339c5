package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How a node trains in one round. Exactly one of batch size and sampling rate is given.
 *
 * @param learningRate step size, &gt; 0, before the optimizer's schedule
 * @param optimizer how the noised gradients move the weights; plain SGD when left out
 * @param localSteps steps in one round, 1 to 1,000,000
 * @param batchSize expected Poisson batch, in privacy units
 * @param samplingRate probability that a unit is in a batch, in (0, 1]
 * @param strategy the aggregation strategy with its parameters
 * @param earlyStopping when to end before the last round
 */
public record TrainingSpec(
        double learningRate,
        Optimizer optimizer,
        long localSteps,
        OptionalLong batchSize,
        OptionalDouble samplingRate,
        StrategySpec strategy,
        Optional<EarlyStopping> earlyStopping) {

    private static final long MAX_STEPS = 1_000_000;
    private static final long MAX_BATCH = 1_000_000_000;

    /**
     * The sampling rate at a dataset: the given one, or min(1, batch size / N).
     *
     * @param declaredRows N, the dataset's declared units, at least 1
     */
    public double samplingRate(long declaredRows) {
        return samplingRate.orElseGet(() -> Math.min(1, (double) batchSize.getAsLong() / declaredRows));
    }

    /**
     * Reads {@code training} of a job.
     *
     * @throws InvalidDocument naming the first member that is missing, unknown or out of its range
     */
    public static TrainingSpec read(JsonFields f, Strategy strategy) {
        if (f.has("batch_size") == f.has("sampling_rate")) {
            String came = f.has("batch_size") ? "both" : "neither";
            throw InvalidDocument.at(f.at("batch_size"), "either batch_size or sampling_rate", came);
        }
        double learningRate = f.number("learning_rate", PlanRanges.LEARNING_RATE);
        long steps = f.whole("local_steps", 1, MAX_STEPS);
        TrainingSpec spec = new TrainingSpec(
                learningRate,
                Optimizer.read(f, steps, learningRate),
                steps,
                f.has("batch_size") ? OptionalLong.of(f.whole("batch_size", 1, MAX_BATCH)) : OptionalLong.empty(),
                f.optionalNumber("sampling_rate", Range.rate()),
                StrategySpec.read(strategy, f),
                f.optionalObject("early_stopping").map(EarlyStopping::read));
        f.end();
        return spec;
    }
}
