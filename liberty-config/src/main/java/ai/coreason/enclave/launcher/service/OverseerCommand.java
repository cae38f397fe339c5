package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.terminal.CommandGroup;
import picocli.CommandLine.Command;

/** {@code enclave overseer}: one Overseer. */
@Command(
        name = "overseer",
        mixinStandardHelpOptions = true,
        description = "Runs, stops or inspects an Overseer; revokes and freezes what an operator wants stopped.",
        subcommands = {
            OverseerRunCommand.class,
            StopCommand.class,
            StatusCommand.class,
            RevokeCommand.class,
            FreezeCommand.class,
            ThawCommand.class
        })
public final class OverseerCommand extends CommandGroup {}
