package ai.coreason.enclave.launcher;

import ai.coreason.enclave.launcher.server.LaunchFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line {@code enclave}. */
@Command(
        name = "enclave",
        description = "Confidential federated learning: the model moves to the data, never the data.",
        mixinStandardHelpOptions = true,
        version = "coreason-enclave 0.1.0-SNAPSHOT",
        subcommands = {SimulateCommand.class, OverseerCommand.class, NodeCommand.class, TokenCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; for simulate: the job ended COMPLETED or HALTED_BUDGET",
            "1:the work did not end well; for status: not running or not ready",
            "2:an option, a file or a folder is not what it should be",
            "3:refused: no confidential hardware, and no --insecure",
            "4:a server could not be started or did not become ready",
            "130:interrupted"
        })
final class Enclave {
    /** Set by the shell script where standard output is a terminal. */
    static final boolean TERMINAL = Boolean.getBoolean("enclave.terminal");

    private Enclave() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Enclave());
        line.setUsageHelpAutoWidth(true);
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println("enclave: " + message(e));
            if (!(e instanceof LaunchFailure)) {
                e.printStackTrace(command.getErr());
            }
            return e instanceof LaunchFailure failure ? failure.exitCode() : LaunchFailure.FAILED;
        });
        return line;
    }

    private static String message(Exception e) {
        return e instanceof LaunchFailure ? e.getMessage() : e.toString();
    }
}
