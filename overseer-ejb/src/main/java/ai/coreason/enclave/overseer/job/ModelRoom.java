package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.graph.ModelGraph;

/**
 * How large a model this Overseer can hold: while it averages, the base, the sum and every node's update lie in memory, and the vault
 * takes the model and the updates of a round.
 *
 * @param heapBytes the most memory that this JVM takes
 * @param vaultBytes what is free where the vault lies
 */
record ModelRoom(long heapBytes, long vaultBytes) {
    private static final int BYTES_PER_VALUE = 4;
    /** Base, next model, its file, and one update's sealed and opened bytes beside those that wait. */
    private static final int COPIES = 6;

    private static final int HEAP_SHARE = 2;
    private static final int MODELS_KEPT = 2;

    /**
     * Refuses a model that does not fit.
     *
     * @throws InvalidDocument naming how many parameters would, and what came
     */
    void require(ModelGraph model, int nodes) {
        long byHeap = heapBytes / HEAP_SHARE / ((long) BYTES_PER_VALUE * (nodes + COPIES));
        long byVault = vaultBytes / ((long) BYTES_PER_VALUE * (nodes + MODELS_KEPT));
        long most = Math.min(byHeap, byVault);
        if (model.parameterCount() > most) {
            throw InvalidDocument.at(
                    "model",
                    "at most " + most + " parameters for " + nodes + " nodes, as this Overseer's "
                            + (byHeap <= byVault
                                    ? "memory of " + (heapBytes >> 20)
                                    : "free disk of " + (vaultBytes >> 20))
                            + " MiB allows",
                    String.valueOf(model.parameterCount()));
        }
    }
}
