package ai.coreason.enclave.web.gate;

/** Bytes of memory that bodies may take together. Thread-safe. */
final class Share {
    private long left;

    Share(long bytes) {
        left = bytes;
    }

    /** Takes bytes; false if too few are left. */
    synchronized boolean take(long bytes) {
        if (bytes > left) {
            return false;
        }
        left -= bytes;
        return true;
    }

    synchronized void give(long bytes) {
        left += bytes;
    }
}
