package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.terminal.ExitCode;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enclave overseer stop} and {@code enclave node stop}. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        description = "Stops the server of a folder: SIGTERM, and SIGKILL after 20 s. Exit 0 also if none runs.")
final class StopCommand implements Callable<Integer> {
    private static final long GRACE_SECONDS = 20;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOption state;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String kind = spec.parent().name();
        Optional<ProcessHandle> process = state.running(kind).flatMap(PidFile::process);
        if (process.isPresent()) {
            end(process.get());
        }
        PidFile.delete(state.existing());
        spec.commandLine()
                .getOut()
                .println(kind + ": "
                        + process.map(p -> "stopped, pid " + p.pid()).orElse("not running"));
        return ExitCode.OK;
    }

    private static void end(ProcessHandle process) throws InterruptedException {
        CompletableFuture<ProcessHandle> ended = process.onExit();
        process.destroy();
        try {
            ended.get(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
            ended.join();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
