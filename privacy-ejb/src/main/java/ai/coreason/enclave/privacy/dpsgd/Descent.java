package ai.coreason.enclave.privacy.dpsgd;

import java.nio.FloatBuffer;

/**
 * The moving weights of one plan: its {@link Optimizer} with the state that it keeps from step to step, element by
 * element in double precision and kept in single. Not thread-safe.
 */
final class Descent {
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
        step++;
        double rate = optimizer.schedule().rate(step, plan.steps(), plan.learningRate());
        switch (optimizer.rule()) {
            case SGD -> sgd(weights, sum, rate);
            case ADAM, ADAMW -> adam(weights, sum, rate);
        }
    }

    private void sgd(FloatBuffer weights, FloatBuffer sum, double rate) {
        double momentum = optimizer.momentum();
        for (int i = 0; i < sum.capacity(); i++) {
            double w = weights.get(i);
            double g = sum.get(i) / plan.normaliser() + optimizer.weightDecay() * w;
            if (first.length > 0) {
                double velocity = momentum * first[i] + g;
                first[i] = (float) velocity;
                g = optimizer.nesterov() ? g + momentum * velocity : velocity;
            }
            weights.put(i, (float) (w - rate * g));
        }
    }

    private void adam(FloatBuffer weights, FloatBuffer sum, double rate) {
        boolean apart = optimizer.rule() == Optimizer.Rule.ADAMW;
        double inGradient = apart ? 0 : optimizer.weightDecay();
        double kept = apart ? 1 - rate * optimizer.weightDecay() : 1;
        double beta1 = optimizer.beta1();
        double beta2 = optimizer.beta2();
        double stepSize = rate / (1 - Math.pow(beta1, step));
        double correction = Math.sqrt(1 - Math.pow(beta2, step));
        for (int i = 0; i < sum.capacity(); i++) {
            double w = weights.get(i);
            double g = sum.get(i) / plan.normaliser() + inGradient * w;
            double m = beta1 * first[i] + (1 - beta1) * g;
            double v = beta2 * second[i] + (1 - beta2) * g * g;
            first[i] = (float) m;
            second[i] = (float) v;
            weights.put(i, (float) (kept * w - stepSize * m / (Math.sqrt(v) / correction + optimizer.epsilon())));
        }
    }
}
