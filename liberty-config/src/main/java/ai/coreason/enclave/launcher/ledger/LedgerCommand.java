package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.launcher.terminal.CommandGroup;
import picocli.CommandLine.Command;

/** {@code enclave ledger}. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        description =
                "Exports the ledger of privacy charges, verifies an export offline, and recovers a node's ledger.",
        subcommands = {ExportCommand.class, VerifyCommand.class, HeadCommand.class, RecoverCommand.class})
public final class LedgerCommand extends CommandGroup {}
