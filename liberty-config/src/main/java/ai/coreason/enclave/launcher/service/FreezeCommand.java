package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.terminal.ExitCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code enclave overseer freeze}. */
@Command(
        name = "freeze",
        mixinStandardHelpOptions = true,
        description = {
            "Freezes the federation, or one job.",
            "No task is handed out and no round moves; a frozen federation enrols no node and takes no job either. An update"
                    + " to a task that was handed out before is still taken. Repeating the command changes nothing."
        })
final class FreezeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ApiOptions api;

    @Option(names = "--job", paramLabel = "ID", description = "this job alone")
    private String job;

    @Override
    public Integer call() throws IOException, InterruptedException {
        api.overseer("operator").send("POST", OverseerApi.frozen(job) + "/freeze");
        spec.commandLine().getOut().println("frozen");
        return ExitCode.OK;
    }
}
