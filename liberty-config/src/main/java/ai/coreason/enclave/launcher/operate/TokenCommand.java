package ai.coreason.enclave.launcher.operate;

import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.overseer.identity.TokenIssuer;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave token}. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Prints a user token (JWT) of an Overseer in simulation mode.")
public final class TokenCommand implements Callable<Integer> {
    @Option(names = "--role", required = true, paramLabel = "ROLE", description = "foundry, operator or auditor")
    private String role;

    @Option(names = "--state", required = true, paramLabel = "DIR", description = "the Overseer's folder")
    private Path state;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "60",
            description = "how long it is valid, 1 to 1440 (default: ${DEFAULT-VALUE})")
    private int minutes;

    @Option(
            names = "--subject",
            paramLabel = "NAME",
            defaultValue = "cli",
            description = "whom it names (default: ${DEFAULT-VALUE})")
    private String subject;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path keys = new OverseerKeys(new ServerLayout("overseer", state)).tokens();
        try {
            String token = TokenIssuer.load(keys).issue(subject, role, Duration.ofMinutes(minutes));
            spec.commandLine().getOut().println(token);
            return 0;
        } catch (NoSuchFileException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--state: expected the folder of an Overseer in simulation mode, got " + state
                            + ", which has no token issuer; production tokens come from your OpenID provider");
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
