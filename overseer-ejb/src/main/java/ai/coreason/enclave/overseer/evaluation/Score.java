package ai.coreason.enclave.overseer.evaluation;

import ai.coreason.enclave.privacy.graph.LossKind;
import java.util.OptionalDouble;

/**
 * How well a model does on public records.
 *
 * @param records how many, at least 1
 * @param loss the mean of the job's loss over the records; empty where it is beyond a double
 * @param accuracy the share of labels that are predicted, in [0, 1]: the class of the largest logit, or for logits of yes and
 *     no whether they are above 0; empty where numbers are predicted
 */
public record Score(long records, OptionalDouble loss, OptionalDouble accuracy) {
    /** Adds up records in any number of parts. Not thread-safe. */
    static final class Tally {
        private final LossKind kind;
        private final int outputs;
        private long records;
        private double loss;
        private long right;

        /** @param outputs how many numbers the model gives for a record */
        Tally(LossKind kind, int outputs) {
            this.kind = kind;
            this.outputs = outputs;
        }

        /**
         * Takes records with a class each.
         *
         * @param given the model's logits, record after record
         * @param classes from 0
         */
        void classes(float[] given, long[] classes) {
            for (int i = 0; i < classes.length; i++) {
                int at = i * outputs;
                int best = at;
                for (int j = at; j < at + outputs; j++) {
                    best = given[j] > given[best] ? j : best;
                }
                double sum = 0;
                for (int j = at; j < at + outputs; j++) {
                    sum += Math.exp((double) given[j] - given[best]);
                }
                int truth = at + (int) classes[i];
                loss += Math.log(sum) + given[best] - given[truth];
                right += best == truth ? 1 : 0;
            }
            records += classes.length;
        }

        /**
         * Takes records with numbers.
         *
         * @param given what the model gives, record after record
         * @param targets what it should
         */
        void numbers(float[] given, float[] targets) {
            for (int i = 0; i < targets.length; i++) {
                double z = given[i];
                double y = targets[i];
                if (kind == LossKind.MSE) {
                    loss += (z - y) * (z - y) / outputs;
                } else {
                    loss += (Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)))) / outputs;
                    right += z > 0 == y > 0.5 ? 1 : 0;
                }
            }
            records += targets.length / outputs;
        }

        Score score() {
            double labels = kind == LossKind.BCE_WITH_LOGITS ? (double) records * outputs : records;
            return new Score(
                    records,
                    Double.isFinite(loss) ? OptionalDouble.of(loss / records) : OptionalDouble.empty(),
                    kind == LossKind.MSE ? OptionalDouble.empty() : OptionalDouble.of(right / labels));
        }
    }
}
