package ai.coreason.enclave.launcher.service;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
public final class OverseerCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "expected run, stop, status, revoke, freeze or thaw, got none");
    }
}
