package ai.coreason.enclave.overseer.load;

/**
 * How the heap is shared out, and how much of it each piece of work needs: half to aggregations and what else holds whole models, a
 * sixth to updates that come in, a sixth to public records that models are measured on; the rest is for everything else. Pure.
 *
 * @param heapBytes the most memory that this JVM takes
 */
public record MemoryPlan(long heapBytes) {
    private static final int BYTES_PER_VALUE = 4;
    private static final int MODELS = 2;
    private static final int UPLOADS = 6;
    private static final int PUBLIC_RECORDS = 6;
    /** Base, next model, its file, and one update's sealed and opened bytes beside those that wait. */
    private static final int COPIES = 6;
    /** The file's bytes, its values and the values that are checked against the graph; or the values, their tensors and the file. */
    private static final int COPIES_OF_ONE = 4;
    /** The sealed and the opened bytes. */
    private static final int COPIES_OF_UPLOAD = 2;
    /** An envelope's header of half a MiB, read as objects. */
    private static final long HEADER = 16L << 20;

    /** What all aggregations, new models and evaluations may hold together. */
    public long models() {
        return heapBytes / MODELS;
    }

    /** What all uploads may hold together. */
    public long uploads() {
        return heapBytes / UPLOADS;
    }

    /** What the public records of one job may hold. */
    public long publicRecords() {
        return heapBytes / PUBLIC_RECORDS;
    }

    /** What an aggregation holds. */
    public long aggregation(long parameters, int updates) {
        return BYTES_PER_VALUE * parameters * (updates + COPIES);
    }

    /** What making, reading or measuring one model holds. */
    public long oneModel(long parameters) {
        return BYTES_PER_VALUE * parameters * COPIES_OF_ONE;
    }

    /** What an upload holds while it is opened. */
    public long upload(long bytes) {
        return COPIES_OF_UPLOAD * bytes + HEADER;
    }

    /** The most parameters of a model whose aggregation and uploads fit, each by itself; at least 0. */
    public long mostParameters(int nodes) {
        long aggregated = models() / ((long) BYTES_PER_VALUE * (nodes + COPIES));
        long uploaded = (uploads() - HEADER) / ((long) BYTES_PER_VALUE * COPIES_OF_UPLOAD);
        return Math.max(0, Math.min(aggregated, uploaded));
    }
}
