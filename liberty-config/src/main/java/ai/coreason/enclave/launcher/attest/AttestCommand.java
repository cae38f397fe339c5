package ai.coreason.enclave.launcher.attest;

import ai.coreason.enclave.launcher.terminal.CommandGroup;
import picocli.CommandLine.Command;

/** {@code enclave attest}: evidence of confidential hardware. */
@Command(
        name = "attest",
        mixinStandardHelpOptions = true,
        description =
                "Judges evidence of confidential hardware, offline, or computes the launch measurement to expect.",
        subcommands = {VerifyCommand.class, MeasureCommand.class})
public final class AttestCommand extends CommandGroup {}
