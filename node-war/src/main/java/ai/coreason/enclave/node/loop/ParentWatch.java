package ai.coreason.enclave.node.loop;

/** Ends this JVM when the process that started it ends, so that a killed launcher leaves no server behind. */
public final class ParentWatch {
    private static final System.Logger LOG = System.getLogger(ParentWatch.class.getName());

    private ParentWatch() {}

    /**
     * Watches a process.
     *
     * @param pid the process to watch
     * @param end what to do once when it has ended; at once if it does not run
     */
    public static void watch(long pid, Runnable end) {
        ProcessHandle.of(pid)
                .ifPresentOrElse(parent -> parent.onExit().thenRun(() -> ended(pid, end)), () -> ended(pid, end));
    }

    private static void ended(long pid, Runnable end) {
        LOG.log(System.Logger.Level.WARNING, "parent.ended pid={0,number,#}", pid);
        end.run();
    }
}
