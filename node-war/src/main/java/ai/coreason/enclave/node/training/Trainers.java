package ai.coreason.enclave.node.training;

import ai.coreason.enclave.privacy.dpsgd.DpSgdTrainer;
import ai.coreason.enclave.privacy.graph.ModelGraph;

/**
 * The trainer of the graph that was trained last, kept between the rounds of a job, because making one takes longer than
 * a round. Not thread-safe.
 */
final class Trainers implements AutoCloseable {
    private String digest = "";
    private DpSgdTrainer trainer;

    /** The trainer of a graph; the one before is closed if it was another graph's. */
    DpSgdTrainer of(ModelGraph graph) {
        String wanted = graph.digest();
        if (!wanted.equals(digest)) {
            close();
            trainer = new DpSgdTrainer(graph);
            digest = wanted;
        }
        return trainer;
    }

    @Override
    public void close() {
        if (trainer != null) {
            trainer.close();
            trainer = null;
        }
        digest = "";
    }
}
