package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.server.OverseerFiles;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import ai.coreason.enclave.overseer.token.TokenIssuer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave token}: a user token of a simulation. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a bearer token for the Overseer of a folder that was started with --simulation.",
            "Whoever has it acts in that role until it expires."
        })
public final class TokenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOption state;

    @Option(names = "--role", required = true, paramLabel = "ROLE", description = "foundry, operator or auditor")
    private String role;

    @Option(names = "--subject", paramLabel = "NAME", description = "the user that it names; default: the role's name")
    private String subject;

    @Option(
            names = "--hours",
            paramLabel = "N",
            defaultValue = "1",
            description = "hours it is valid, 1 to 24; default: ${DEFAULT-VALUE}")
    private long hours;

    @Override
    public Integer call() throws IOException {
        if (!TokenIssuer.ROLES.contains(role)) {
            throw wrong("--role: expected foundry, operator or auditor, got " + role);
        }
        if (hours < 1 || hours > TokenIssuer.LONGEST.toHours()) {
            throw wrong("--hours: expected 1 to " + TokenIssuer.LONGEST.toHours() + ", got " + hours);
        }
        if (subject != null && !subject.matches("[!-~]{1,64}")) {
            throw wrong("--subject: expected 1 to 64 printable ASCII characters, got another");
        }
        OverseerFiles files = OverseerFiles.of(state.existing());
        String mode = files.mode().orElse("none");
        if (!mode.equals(OverseerFiles.SIMULATION)) {
            throw state.wrong("expected the folder of an Overseer started with --simulation, got one of mode " + mode
                    + "; outside simulation tokens come from the OpenID provider");
        }
        String token = files.tokens().issue(subject == null ? role : subject, role, Duration.ofHours(hours));
        spec.commandLine().getOut().println(token);
        return ExitCode.OK;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
