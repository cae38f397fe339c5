package ai.coreason.enclave.launcher.terminal;

/** The exit codes of the {@code enclave} command. */
public final class ExitCode {
    /** Done. */
    public static final int OK = 0;
    /** What was asked for was tried and failed. */
    public static final int FAILED = 1;
    /** The command line, or a file that it names, is not as it should be. */
    public static final int USAGE = 2;
    /** No confidential hardware, where it is needed. */
    public static final int NO_HARDWARE = 3;
    /** A job's budgets ended before its last round, where all rounds were asked for. */
    public static final int HALTED = 4;
    /** Ended by Ctrl-C, as a shell says it of a process that SIGINT ended. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
