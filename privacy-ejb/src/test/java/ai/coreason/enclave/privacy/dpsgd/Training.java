package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.plan.TrainingPlan;

/** One graph's training as its callers see it, so that an audit can be held against the product and against mutants. */
interface Training extends AutoCloseable {
    /** Makes trainings. */
    interface Maker {
        Training on(ModelGraph graph);
    }

    /** The product. */
    Maker PRODUCT = Product::new;

    Weights train(Weights base, Examples data, TrainingPlan plan, NoiseKeys keys);

    @Override
    void close();

    /** What the node calls. */
    final class Product implements Training {
        private final DpSgdTrainer trainer;

        Product(ModelGraph graph) {
            this.trainer = new DpSgdTrainer(graph);
        }

        @Override
        public Weights train(Weights base, Examples data, TrainingPlan plan, NoiseKeys keys) {
            return trainer.train(base, data, plan, keys, Progress.NONE);
        }

        @Override
        public void close() {
            trainer.close();
        }
    }
}
