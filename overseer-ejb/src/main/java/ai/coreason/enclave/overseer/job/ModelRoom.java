package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.load.MemoryPlan;
import ai.coreason.enclave.privacy.graph.ModelGraph;

/**
 * How large a model this Overseer can hold: its aggregation, and the opening of one update, fit each into their share of memory, and
 * the vault takes the model and the updates of a round. What goes on at the same time waits for its part of these shares
 * ({@link ai.coreason.enclave.overseer.load.ModelMemory}), so that the limit holds however many jobs run.
 *
 * @param heapBytes the most memory that this JVM takes
 * @param vaultBytes what is free where the vault lies
 */
record ModelRoom(long heapBytes, long vaultBytes) {
    private static final int BYTES_PER_VALUE = 4;
    private static final int MODELS_KEPT = 2;

    /**
     * Refuses a model that does not fit.
     *
     * @throws InvalidDocument naming how many parameters would, and what came
     */
    void require(ModelGraph model, int nodes) {
        long byHeap = new MemoryPlan(heapBytes).mostParameters(nodes);
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
