package ai.coreason.enclave.node.training;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.sentry.contract.DeclineReason;

/**
 * How large a model this node can train. While a round goes on, the heap holds the model's file as it comes and whole, its weights,
 * the trained weights, their difference, and the update written, sealed, wrapped and stored.
 *
 * @param heapBytes the most heap that this JVM takes
 */
record NodeMemory(long heapBytes) {
    private static final int BYTES_PER_VALUE = 4;
    /** How many copies of the parameters the heap holds at most. */
    static final int COPIES = 12;
    /** What the server, the ledger and a small dataset need. */
    static final long RESERVED = 192L << 20;

    private static final long MARGIN = 1L << 20;

    /** Memory of this JVM. */
    static NodeMemory ofThisJvm() {
        return new NodeMemory(Runtime.getRuntime().maxMemory());
    }

    /**
     * Refuses a model that does not fit, before anything of it is fetched.
     *
     * @throws Declined naming how many parameters would, and what came
     */
    void require(ModelGraph model) throws Declined {
        long most = Math.max(0, heapBytes - RESERVED) / ((long) BYTES_PER_VALUE * COPIES);
        if (model.parameterCount() > most) {
            throw new Declined(
                    DeclineReason.POLICY,
                    "model: expected at most " + most + " parameters, as this node's heap of " + (heapBytes >> 20)
                            + " MiB allows, got " + model.parameterCount());
        }
    }

    /** The largest file of a model's weights that is accepted from an Overseer, bytes. */
    static long largestFile(ModelGraph model) {
        return BYTES_PER_VALUE * model.parameterCount() + MARGIN;
    }
}
