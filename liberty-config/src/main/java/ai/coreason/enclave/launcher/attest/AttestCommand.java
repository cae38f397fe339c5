package ai.coreason.enclave.launcher.attest;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave attest}: evidence of confidential hardware. */
@Command(
        name = "attest",
        mixinStandardHelpOptions = true,
        description = "Judges evidence of confidential hardware, offline, or foretells what it will measure.",
        subcommands = {VerifyCommand.class, MeasureCommand.class})
public final class AttestCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected verify or measure, got none");
    }
}
