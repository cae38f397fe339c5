package ai.coreason.enclave.launcher.ledger;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave ledger}. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        description =
                "Exports the ledger of privacy charges, verifies an export offline, and recovers a node's ledger.",
        subcommands = {ExportCommand.class, VerifyCommand.class, HeadCommand.class, RecoverCommand.class})
public final class LedgerCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected export, verify, head or recover, got none");
    }
}
