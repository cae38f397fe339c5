package ai.coreason.enclave.launcher.server;

/** A command that cannot go on: a sentence for the person at the terminal, and the exit code of the process. */
public final class LaunchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Exit code: the work itself did not end well. */
    public static final int FAILED = 1;
    /** Exit code: an option, a file or a folder is not what it should be. */
    public static final int USAGE = 2;
    /** Exit code: no confidential hardware, and no {@code --insecure}. */
    public static final int NO_HARDWARE = 3;
    /** Exit code: a server could not be started on this machine. */
    public static final int ENVIRONMENT = 4;

    private final int exitCode;

    private LaunchFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The work itself did not end well. */
    public static LaunchFailure failed(String message) {
        return new LaunchFailure(FAILED, message, null);
    }

    /** An option, a file or a folder is not what it should be; the message names it. */
    public static LaunchFailure usage(String message) {
        return new LaunchFailure(USAGE, message, null);
    }

    /** No confidential hardware; the message says what was looked for. */
    public static LaunchFailure noHardware(String message) {
        return new LaunchFailure(NO_HARDWARE, message, null);
    }

    /** A server could not be started on this machine; the message says where to look. */
    public static LaunchFailure environment(String message) {
        return new LaunchFailure(ENVIRONMENT, message, null);
    }

    /** As {@link #environment(String)}, for what the machine itself reported. */
    public static LaunchFailure environment(String message, Throwable cause) {
        return new LaunchFailure(ENVIRONMENT, message + ": " + cause.getMessage(), cause);
    }

    /** The exit code of the process. */
    public int exitCode() {
        return exitCode;
    }
}
