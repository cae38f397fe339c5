package ai.coreason.enclave.launcher.simulate;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets work that Ctrl-C or SIGTERM interrupts end in order: while this is open, the thread that made it is interrupted, and the
 * JVM waits up to a minute for it to clean up and say what it leaves.
 */
final class Interruption implements AutoCloseable {
    private static final long GRACE_SECONDS = 60;

    private final Thread worker = Thread.currentThread();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupt, "interruption");
    private volatile boolean asked;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether this process was asked to end. */
    boolean asked() {
        return asked;
    }

    private void interrupt() {
        asked = true;
        worker.interrupt();
        try {
            ended.await(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says that the work has ended; the process may end now. */
    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            return; // it runs, and ends now
        }
    }
}
