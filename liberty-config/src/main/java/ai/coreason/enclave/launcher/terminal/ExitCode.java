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

    private ExitCode() {}
}
