package ai.coreason.enclave.launcher.privacy;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave privacy}: the accountants, for people and for scripts. */
@Command(
        name = "privacy",
        mixinStandardHelpOptions = true,
        description = {
            "Computes what DP-SGD costs, or the noise that a target needs.",
            "Steps are Poisson-subsampled Gaussians; one unit is added or removed."
        },
        subcommands = {EpsilonCommand.class, CalibrateCommand.class})
public final class PrivacyCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected epsilon or calibrate, got none");
    }
}
