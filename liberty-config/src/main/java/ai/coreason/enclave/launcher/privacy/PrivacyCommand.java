package ai.coreason.enclave.launcher.privacy;

import ai.coreason.enclave.launcher.terminal.CommandGroup;
import picocli.CommandLine.Command;

/** {@code enclave privacy}: the accountants, for people and for scripts. */
@Command(
        name = "privacy",
        mixinStandardHelpOptions = true,
        description = {
            "Computes what DP-SGD costs, or the noise that a target needs.",
            "Steps are Poisson-subsampled Gaussians; one unit is added or removed."
        },
        subcommands = {EpsilonCommand.class, CalibrateCommand.class})
public final class PrivacyCommand extends CommandGroup {}
