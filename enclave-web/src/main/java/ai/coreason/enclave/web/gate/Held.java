package ai.coreason.enclave.web.gate;

import java.util.concurrent.atomic.AtomicBoolean;

/** What one body takes of a share, given back once. */
final class Held {
    private final Share share;
    private final long bytes;
    private final AtomicBoolean released = new AtomicBoolean();

    Held(Share share, long bytes) {
        this.share = share;
        this.bytes = bytes;
    }

    void release() {
        if (released.compareAndSet(false, true)) {
            share.give(bytes);
        }
    }
}
