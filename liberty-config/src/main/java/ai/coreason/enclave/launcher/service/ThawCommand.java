package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.terminal.ExitCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code enclave overseer thaw}. */
@Command(
        name = "thaw",
        mixinStandardHelpOptions = true,
        description = {
            "Lets a frozen federation, or one frozen job, go on. A round whose deadline has passed meanwhile ends with what came.",
            "Repeating the command changes nothing."
        })
final class ThawCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ApiOptions api;

    @Option(names = "--job", paramLabel = "ID", description = "this job alone")
    private String job;

    @Override
    public Integer call() throws IOException, InterruptedException {
        api.overseer("operator").send("POST", OverseerApi.frozen(job) + "/thaw");
        spec.commandLine().getOut().println("thawed");
        return ExitCode.OK;
    }
}
