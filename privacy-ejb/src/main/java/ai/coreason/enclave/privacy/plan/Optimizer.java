package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The rule by which noised gradients move the weights: PyTorch's {@code SGD}, {@code Adam} and {@code AdamW} with their
 * defaults. All of it follows the noise and adds nothing to the privacy cost. The state (momentum, moments) begins at zero
 * with every plan: rounds and nodes share weights, not states.
 *
 * <p>Adam divides by the root of the second moment of the <em>noised</em> gradient, which the noise raises by
 * (sigma C / normaliser)^2; where the noise outweighs the gradient, Adam's steps are those of SGD with another learning
 * rate (Tang, Shpilevskiy and Lécuyer 2024).
 *
 * @param rule which of the three
 * @param momentum of {@link Rule#SGD}, in [0, 1); 0 with another rule
 * @param nesterov whether SGD looks ahead, only with momentum above 0
 * @param weightDecay at least 0; added to the gradient (SGD, Adam) or taken off the weights (AdamW); the weights that
 *     training changes decay, frozen ones do not
 * @param beta1 decay of Adam's first moment, in [0, 1); 0 with SGD
 * @param beta2 decay of Adam's second moment, in [0, 1); 0 with SGD
 * @param epsilon added to Adam's denominator, above 0; 0 with SGD. No privacy parameter
 * @param schedule of the learning rate
 */
public record Optimizer(
        Rule rule,
        double momentum,
        boolean nesterov,
        double weightDecay,
        double beta1,
        double beta2,
        double epsilon,
        Schedule schedule) {
    /** The update rules. */
    public enum Rule {
        /** Gradient descent, with momentum if asked for. */
        SGD,
        /** Kingma and Ba 2015; weight decay as part of the gradient. */
        ADAM,
        /** Loshchilov and Hutter 2019: weight decay apart from the gradient. */
        ADAMW
    }

    private static final Range DECAY = new Range(0, false, 1, true, "a number in [0, 1)");
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    /** Gradient descent without momentum and decay at a constant rate. */
    public static final Optimizer PLAIN = new Optimizer(Rule.SGD, 0, false, 0, 0, 0, 0, Schedule.CONSTANT);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the first member out of its range
     */
    public Optimizer {
        boolean adam = rule != Rule.SGD;
        require("momentum", adam ? Range.closed(0, 0) : DECAY, momentum);
        if (nesterov && momentum == 0) {
            throw new IllegalArgumentException("nesterov: expected momentum above 0, got " + momentum);
        }
        require("weight_decay", Range.nonNegative(), weightDecay);
        require("beta1", adam ? DECAY : Range.closed(0, 0), beta1);
        require("beta2", adam ? DECAY : Range.closed(0, 0), beta2);
        require("adam_epsilon", adam ? Range.positive() : Range.closed(0, 0), epsilon);
    }

    /**
     * Reads the members {@code optimizer} ("SGD" when left out), {@code momentum} (0), {@code nesterov} (false),
     * {@code weight_decay} (0; 0.01 for AdamW), {@code beta1} (0.9), {@code beta2} (0.999), {@code adam_epsilon} (1e-8) and
     * {@code schedule} of an object that may have others.
     *
     * @param steps of one round
     * @param learningRate before the schedule
     * @throws InvalidDocument naming the first member that is out of its range or that the optimizer does not use
     */
    public static Optimizer read(JsonFields f, long steps, double learningRate) {
        Rule rule = f.constant("optimizer", Rule.class, Rule.SGD);
        boolean adam = rule != Rule.SGD;
        for (String name :
                adam ? new String[] {"momentum", "nesterov"} : new String[] {"beta1", "beta2", "adam_epsilon"}) {
            if (f.has(name)) {
                throw InvalidDocument.notAllowed(f.at(name), "with optimizer " + rule);
            }
        }
        double momentum = f.number("momentum", DECAY, 0);
        boolean nesterov = f.flag("nesterov", false);
        if (nesterov && momentum == 0) {
            throw InvalidDocument.at(f.at("nesterov"), "false or nothing without momentum", true);
        }
        return new Optimizer(
                rule,
                momentum,
                nesterov,
                f.number("weight_decay", Range.nonNegative(), weightDecay(rule)),
                adam ? f.number("beta1", DECAY, BETA1) : 0,
                adam ? f.number("beta2", DECAY, BETA2) : 0,
                adam ? f.number("adam_epsilon", Range.positive(), EPSILON) : 0,
                f.optionalObject("schedule")
                        .map(s -> Schedule.read(s, steps, learningRate))
                        .orElse(Schedule.CONSTANT));
    }

    /** Adds the members that {@link #read} reads, without those that have their defaults. */
    void writeTo(ObjectNode json) {
        if (rule != Rule.SGD) {
            json.put("optimizer", rule.name());
        }
        put(json, "momentum", momentum, 0);
        if (nesterov) {
            json.put("nesterov", true);
        }
        put(json, "weight_decay", weightDecay, weightDecay(rule));
        if (rule != Rule.SGD) {
            put(json, "beta1", beta1, BETA1);
            put(json, "beta2", beta2, BETA2);
            put(json, "adam_epsilon", epsilon, EPSILON);
        }
        if (!schedule.equals(Schedule.CONSTANT)) {
            json.set("schedule", schedule.json());
        }
    }

    private static void put(ObjectNode json, String name, double value, double usual) {
        if (value != usual) {
            json.put(name, value);
        }
    }

    private static double weightDecay(Rule rule) {
        return rule == Rule.ADAMW ? 0.01 : 0;
    }

    private static void require(String name, Range range, double value) {
        if (!range.holds(value)) {
            throw new IllegalArgumentException(name + ": expected " + range.words() + ", got " + value);
        }
    }
}
