package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.noise.SecureNoise;
import ai.coreason.enclave.privacy.plan.Optimizer;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.nio.FloatBuffer;

/**
 * The moving weights of one plan: its {@link Optimizer} with the state that it keeps from step to step, element by
 * element: SGD without momentum in single precision, what keeps state in double and kept in single. Not thread-safe.
 */
public final class Descent {
    /** Elements that are moved at a time, so that they stay in the processor's nearest cache. */
    static final int BLOCK = SecureNoise.BLOCK;

    private final TrainingPlan plan;
    private final Optimizer optimizer;
    private final float[] first;
    private final float[] second;
    private final float[] block = new float[BLOCK];
    private long step;
    private double rate;

    /** @param size the number of trainable weights */
    public Descent(TrainingPlan plan, int size) {
        this.plan = plan;
        this.optimizer = plan.optimizer();
        boolean adam = optimizer.rule() != Optimizer.Rule.SGD;
        this.first = new float[adam || optimizer.momentum() > 0 ? size : 0];
        this.second = new float[adam ? size : 0];
    }

    /**
     * Makes the next step.
     *
     * @param weights the trainable ones first; those are changed
     * @param sum the noised sum of clipped gradients; the gradient is it divided by the plan's normaliser
     */
    public void move(FloatBuffer weights, FloatBuffer sum) {
        begin();
        float[] part = new float[BLOCK];
        for (int from = 0; from < sum.capacity(); from += BLOCK) {
            int count = Math.min(BLOCK, sum.capacity() - from);
            sum.get(from, part, 0, count);
            move(from, weights, part, count);
        }
    }

    /** Begins the next step, which is then made block by block. */
    void begin() {
        step++;
        rate = optimizer.schedule().rate(step, plan.steps(), plan.learningRate());
    }

    /**
     * Makes this step for a block of the weights.
     *
     * @param from where it begins
     * @param sum its own sum, at least {@code count} elements
     * @param count 0 to {@link #BLOCK}
     */
    public void move(int from, FloatBuffer weights, float[] sum, int count) {
        weights.get(from, block, 0, count);
        switch (optimizer.rule()) {
            case SGD -> sgd(block, sum, from, count);
            case ADAM, ADAMW -> adam(block, sum, from, count);
        }
        weights.put(from, block, 0, count);
    }

    private void sgd(float[] weights, float[] sum, int from, int count) {
        if (first.length == 0) {
            plain(weights, sum, count);
        } else {
            momentum(weights, sum, from, count);
        }
    }

    /** In single precision, which compilers make vector instructions of. */
    private void plain(float[] weights, float[] sum, int count) {
        float kept = (float) (1 - rate * optimizer.weightDecay());
        float ofSum = (float) (rate / plan.normaliser());
        for (int i = 0; i < count; i++) {
            weights[i] = kept * weights[i] - ofSum * sum[i];
        }
    }

    private void momentum(float[] weights, float[] sum, int from, int count) {
        double momentum = optimizer.momentum();
        for (int i = 0; i < count; i++) {
            double w = weights[i];
            double g = sum[i] / plan.normaliser() + optimizer.weightDecay() * w;
            double velocity = momentum * first[from + i] + g;
            first[from + i] = (float) velocity;
            weights[i] = (float) (w - rate * (optimizer.nesterov() ? g + momentum * velocity : velocity));
        }
    }

    private void adam(float[] weights, float[] sum, int from, int count) {
        boolean apart = optimizer.rule() == Optimizer.Rule.ADAMW;
        double inGradient = apart ? 0 : optimizer.weightDecay();
        double kept = apart ? 1 - rate * optimizer.weightDecay() : 1;
        double beta1 = optimizer.beta1();
        double beta2 = optimizer.beta2();
        double stepSize = rate / (1 - Math.pow(beta1, step));
        double correction = Math.sqrt(1 - Math.pow(beta2, step));
        for (int i = 0; i < count; i++) {
            double w = weights[i];
            double g = sum[i] / plan.normaliser() + inGradient * w;
            double m = beta1 * first[from + i] + (1 - beta1) * g;
            double v = beta2 * second[from + i] + (1 - beta2) * g * g;
            first[from + i] = (float) m;
            second[from + i] = (float) v;
            weights[i] = (float) (kept * w - stepSize * m / (Math.sqrt(v) / correction + optimizer.epsilon()));
        }
    }
}
