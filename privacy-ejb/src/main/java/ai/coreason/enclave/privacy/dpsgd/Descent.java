package ai.coreason.enclave.privacy.dpsgd;

import java.nio.FloatBuffer;

/**
 * The moving weights of one plan: its {@link Optimizer} with the state that it keeps from step to step, element by
 * element: SGD without momentum in single precision, what keeps state in double and kept in single. Not thread-safe.
 */
final class Descent {
    /** Elements that are copied at a time, so that they stay in the processor's nearest cache. */
    private static final int BLOCK = 1 << 10;

    private final TrainingPlan plan;
    private final Optimizer optimizer;
    private final float[] first;
    private final float[] second;
    private long step;

    /** @param size the number of trainable weights */
    Descent(TrainingPlan plan, int size) {
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
    void move(FloatBuffer weights, FloatBuffer sum) {
        begin();
        move(0, weights, sum);
    }

    /** Begins the next step, which is then made part by part. */
    void begin() {
        step++;
    }

    /**
     * Makes this step for some of the weights.
     *
     * @param from where they begin
     * @param sum theirs alone
     */
    void move(int from, FloatBuffer weights, FloatBuffer sum) {
        double rate = optimizer.schedule().rate(step, plan.steps(), plan.learningRate());
        float[] w = new float[Math.min(BLOCK, sum.capacity())];
        float[] g = new float[w.length];
        for (int at = 0; at < sum.capacity(); at += w.length) {
            int count = Math.min(w.length, sum.capacity() - at);
            weights.get(from + at, w, 0, count);
            sum.get(at, g, 0, count);
            switch (optimizer.rule()) {
                case SGD -> sgd(w, g, from + at, count, rate);
                case ADAM, ADAMW -> adam(w, g, from + at, count, rate);
            }
            weights.put(from + at, w, 0, count);
        }
    }

    private void sgd(float[] weights, float[] sum, int from, int count, double rate) {
        if (first.length == 0) {
            plain(weights, sum, count, rate);
        } else {
            momentum(weights, sum, from, count, rate);
        }
    }

    /** In single precision, which compilers make vector instructions of. */
    private void plain(float[] weights, float[] sum, int count, double rate) {
        float kept = (float) (1 - rate * optimizer.weightDecay());
        float ofSum = (float) (rate / plan.normaliser());
        for (int i = 0; i < count; i++) {
            weights[i] = kept * weights[i] - ofSum * sum[i];
        }
    }

    private void momentum(float[] weights, float[] sum, int from, int count, double rate) {
        double momentum = optimizer.momentum();
        for (int i = 0; i < count; i++) {
            double w = weights[i];
            double g = sum[i] / plan.normaliser() + optimizer.weightDecay() * w;
            double velocity = momentum * first[from + i] + g;
            first[from + i] = (float) velocity;
            weights[i] = (float) (w - rate * (optimizer.nesterov() ? g + momentum * velocity : velocity));
        }
    }

    private void adam(float[] weights, float[] sum, int from, int count, double rate) {
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
