package ai.coreason.enclave.privacy.plan;

import java.util.OptionalDouble;

/**
 * How long an update can be that followed its plan: an upper bound on the L2 norm of local weights minus base weights. An honest
 * node passes it with a probability below 1e-9 an update. Pure.
 *
 * <p><b>What is known.</b> Step t moves the weights by the gradient {@code g_t = (S_t + Z_t) / n}. {@code S_t} is a sum of
 * {@code K_t} vectors of norm at most C, with {@code K_t ~ Binomial(M, q)}, and {@code Z_t ~ N(0, (sigma C)^2 I_d)} is rounded
 * to a grid of at most 2^-20 sigma C. M is taken as {@value #UNITS} times the declared units n / q, as what is declared
 * is rounded and an honest node may have more.
 *
 * <p><b>SGD</b> is linear, also with momentum and decay: {@code w_T - w_0 = (p_0 - 1) w_0 + sum c_t g_t}, with constants that
 * the recurrence gives backwards. With {@code S1 = sum |c_t|}, {@code S2 = sum c_t^2}, {@code b = max |c_t|}:
 * <ul>
 *   <li>the clipped part is at most {@code (C / n) X}, {@code X = sum |c_t| K_t}. X is a sum of independent variables in [0, b] with
 *       variance {@code V = M q (1 - q) S2}, so by Bernstein's inequality {@code X <= M q S1 + x b / 3 + sqrt((x b / 3)^2 + 2 x
 *       V)} but with probability e^-x (Boucheron, Lugosi and Massart 2013, Corollary 2.11); and never above M S1;
 *   <li>the noise is Gaussian with {@code sqrt(S2) sigma C / n} in each of d coordinates, whatever the sums depend on, so its norm is
 *       at most that times {@code sqrt(d + 2 sqrt(d x) + 2 x)} but with probability e^-x (Laurent and Massart 2000, Lemma 1).
 * </ul>
 *
 * <p><b>Adam and AdamW</b> divide by what they measure. With r = beta1^2 / beta2, by the Cauchy-Schwarz inequality over the two moving
 * averages, {@code |m_t| <= sqrt(v_t) (1 - beta1) / sqrt(1 - beta2) sqrt(sum_(j < t) r^j)} in every coordinate, for any gradients, so
 * with the bias corrections a step is at most sqrt(d) times the rate times the factor that follows. It is also at most the rate
 * times the longest gradient so far over Adam's epsilon, with the two inequalities above at each of T steps.
 *
 * <p>x is such that all that can fail does so with 1e-10. What rounds in single precision is given a thousandth, and more for long
 * plans.
 */
public final class UpdateBound {
    private static final int UNITS = 2;
    private static final double FALSE_ALARMS = 1e-10;
    private static final double GRID = 0x1p-21;
    private static final double ROUNDING = 1e-3;
    private static final double ROUNDING_OF_A_STEP = 0x1p-22;
    /** Where the second moment leaves the range of normal floats, the first is at most this. */
    private static final double SUBNORMAL = 0x1p-58;

    private final TrainingPlan plan;
    private final double size;
    private final double baseNorm;

    private UpdateBound(TrainingPlan plan, long size, double baseNorm) {
        this.plan = plan;
        this.size = size;
        this.baseNorm = baseNorm;
    }

    /**
     * The bound.
     *
     * @param size d, how many weights are trained, at least 1
     * @param baseNorm the L2 norm of those weights before the first step
     * @return above 0, not finite where a plan's own recurrence is not; empty without a mechanism, where gradients have no bound
     */
    public static OptionalDouble of(TrainingPlan plan, long size, double baseNorm) {
        if (plan.mechanism() == Mechanism.NONE) {
            return OptionalDouble.empty();
        }
        UpdateBound bound = new UpdateBound(plan, size, baseNorm);
        return OptionalDouble.of(plan.optimizer().rule() == Optimizer.Rule.SGD ? bound.linear() : bound.adaptive());
    }

    private double rate(long step) {
        return plan.optimizer().schedule().rate(step, plan.steps(), plan.learningRate());
    }

    private double linear() {
        double momentum = plan.optimizer().momentum();
        double decay = plan.optimizer().weightDecay();
        double ofWeights = 1;
        double ofVelocity = 0;
        double sum = 0;
        double squares = 0;
        double most = 0;
        double mostOfWeights = 1;
        for (long t = plan.steps(); t >= 1; t--) {
            double step = rate(t) * ofWeights;
            double velocity = ofVelocity - (plan.optimizer().nesterov() ? step * momentum : step);
            double gradient = plan.optimizer().nesterov() ? velocity - step : velocity;
            sum += Math.abs(gradient);
            squares += gradient * gradient;
            most = Math.max(most, Math.abs(gradient));
            ofWeights += decay * gradient;
            ofVelocity = momentum * velocity;
            mostOfWeights = Math.max(mostOfWeights, Math.abs(ofWeights));
        }
        double x = Math.log(2 / FALSE_ALARMS);
        double length =
                clipped(sum, squares, most, x) + noise(Math.sqrt(squares), sum, x) + Math.abs(ofWeights - 1) * baseNorm;
        return rounded(length, mostOfWeights);
    }

    private double adaptive() {
        Optimizer optimizer = plan.optimizer();
        boolean apart = optimizer.rule() == Optimizer.Rule.ADAMW;
        double x = Math.log(2.0 * plan.steps() / FALSE_ALARMS);
        double gradient = clipped(1, 1, 1, x) + noise(1, 1, x);
        double ratio = optimizer.beta1() == 0 ? 0 : optimizer.beta1() * optimizer.beta1() / optimizer.beta2();
        double geometric = 0;
        double length = 0;
        for (long t = 1; t <= plan.steps(); t++) {
            geometric = 1 + (t == 1 ? 0 : ratio * geometric);
            double longest = gradient + (apart ? 0 : optimizer.weightDecay() * (baseNorm + length));
            double step = rate(t) * Math.min(Math.sqrt(size) * factor(t, geometric), longest / optimizer.epsilon());
            double decay = apart ? rate(t) * optimizer.weightDecay() : 0;
            length = Math.abs(1 - decay) * length + decay * baseNorm + step;
        }
        return rounded(length, 1);
    }

    /** What a coordinate moves at most in units of the rate. */
    private double factor(long t, double geometric) {
        Optimizer o = plan.optimizer();
        double corrections = Math.sqrt(1 - Math.pow(o.beta2(), t)) / (1 - Math.pow(o.beta1(), t));
        double ofMoments = (1 - o.beta1()) / Math.sqrt(1 - o.beta2()) * Math.sqrt(geometric);
        return ofMoments * corrections + SUBNORMAL / (1 - Math.pow(o.beta1(), t)) / o.epsilon();
    }

    private double clipped(double sum, double squares, double most, double x) {
        double units = UNITS * plan.normaliser() / plan.samplingRate();
        double expected = units * plan.samplingRate();
        double variance = expected * (1 - plan.samplingRate()) * squares;
        double third = x * most / 3;
        double drawn = expected * sum + third + Math.sqrt(third * third + 2 * x * variance);
        return plan.maxGradNorm() / plan.normaliser() * Math.min(units * sum, drawn);
    }

    private double noise(double rootOfSquares, double sum, double x) {
        double chi = Math.sqrt(size + 2 * Math.sqrt(size * x) + 2 * x);
        return plan.noiseScale() / plan.normaliser() * (rootOfSquares * chi + sum * GRID * Math.sqrt(size));
    }

    private double rounded(double length, double growth) {
        double ofSteps = (plan.steps() + 4) * ROUNDING_OF_A_STEP * growth;
        return length * (1 + ROUNDING + ofSteps) + ofSteps * baseNorm;
    }
}
