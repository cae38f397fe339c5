package ai.coreason.enclave.web.gate;

import java.util.concurrent.atomic.AtomicBoolean;

/** What one call takes of a share, given back once. */
final class Held {
    private final Share share;
    private final String caller;
    private final long amount;
    private final AtomicBoolean released = new AtomicBoolean();

    Held(Share share, String caller, long amount) {
        this.share = share;
        this.caller = caller;
        this.amount = amount;
    }

    void release() {
        if (released.compareAndSet(false, true)) {
            share.give(caller, amount);
        }
    }
}
