package ai.coreason.enclave.launcher;

import ai.coreason.enclave.launcher.attest.AttestCommand;
import ai.coreason.enclave.launcher.ledger.LedgerCommand;
import ai.coreason.enclave.launcher.privacy.PrivacyCommand;
import ai.coreason.enclave.launcher.service.NodeCommand;
import ai.coreason.enclave.launcher.service.OverseerCommand;
import ai.coreason.enclave.launcher.service.TokenCommand;
import ai.coreason.enclave.launcher.simulate.SimulateCommand;
import ai.coreason.enclave.launcher.terminal.CommandGroup;
import ai.coreason.enclave.launcher.terminal.CommandLineErrors;
import ai.coreason.enclave.launcher.terminal.VisibleWriter;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code enclave} command. */
@Command(
        name = "enclave",
        description = "Confidential federated learning: the model moves to the data, never the data.",
        mixinStandardHelpOptions = true,
        versionProvider = Enclave.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:the command line or a file it names is wrong",
            "3:no confidential hardware where it is needed",
            "4:a job's budgets ended before its last round (simulate --all-rounds)"
        },
        subcommands = {
            SimulateCommand.class,
            OverseerCommand.class,
            NodeCommand.class,
            TokenCommand.class,
            LedgerCommand.class,
            PrivacyCommand.class,
            AttestCommand.class
        })
public final class Enclave extends CommandGroup {
    /** Tells of its own versions and tables what nobody at a terminal can act on. Held, so that its level stays. */
    private static final Logger LIBRARY = Logger.getLogger("org.flywaydb");

    /** The version in the manifest of this jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Enclave.class.getPackage().getImplementationVersion();
            return new String[] {"enclave " + (version == null ? "(not packaged)" : version)};
        }
    }

    /** Runs one command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        LIBRARY.setLevel(Level.SEVERE);
        System.exit(commandLine()
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setOut(visible(System.out))
                .setErr(visible(System.err))
                .execute(args));
    }

    /** What it prints may come from an Overseer, a file or a log. */
    private static PrintWriter visible(PrintStream stream) {
        return new PrintWriter(new VisibleWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8)), true);
    }

    /** The command line, for {@link #main} and tests. */
    public static CommandLine commandLine() {
        CommandLineErrors errors = new CommandLineErrors();
        return new CommandLine(new Enclave())
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors);
    }
}
