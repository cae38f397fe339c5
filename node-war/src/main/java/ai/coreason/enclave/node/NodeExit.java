package ai.coreason.enclave.node;

import java.time.Duration;

/** Ends this JVM from a thread of its own, because the server's shutdown waits for the thread that starts applications. */
final class NodeExit {
    /** Nothing confidential vouches for this machine. */
    static final int NO_HARDWARE = 3;
    /** The site file, the data package or the configuration is not as it should be. */
    static final int MISCONFIGURED = 2;
    /** The launcher has ended. */
    static final int ORPHANED = 0;

    private static final Duration GRACE = Duration.ofSeconds(30);

    private NodeExit() {}

    /** Begins an orderly shutdown; ends the JVM outright if that takes longer than 30 s. */
    static void exit(int code) {
        daemon("node-exit", () -> System.exit(code));
        daemon("node-halt", () -> {
            try {
                Thread.sleep(GRACE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(code);
        });
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
