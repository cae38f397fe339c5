package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.terminal.CommandGroup;
import picocli.CommandLine.Command;

/** {@code enclave node}: one node. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        description = "Runs, stops or inspects a node.",
        subcommands = {NodeRunCommand.class, StopCommand.class, StatusCommand.class, ReopenCommand.class})
public final class NodeCommand extends CommandGroup {}
