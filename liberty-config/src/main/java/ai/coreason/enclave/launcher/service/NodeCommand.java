package ai.coreason.enclave.launcher.service;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave node}: one node. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        description = "Runs, stops or inspects a node.",
        subcommands = {NodeRunCommand.class, StopCommand.class, StatusCommand.class, ReopenCommand.class})
public final class NodeCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected run, stop, status or reopen, got none");
    }
}
