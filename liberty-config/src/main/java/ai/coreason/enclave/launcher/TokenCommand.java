package ai.coreason.enclave.launcher;

import ai.coreason.enclave.launcher.server.LaunchFailure;
import ai.coreason.enclave.launcher.server.OverseerFiles;
import ai.coreason.enclave.launcher.server.ServerFolder;
import ai.coreason.enclave.launcher.server.ServerKind;
import ai.coreason.enclave.overseer.identity.TokenIssuer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Prints a user token (JWT) of an Overseer in simulation mode.")
final class TokenCommand implements Callable<Integer> {
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
            description = "whom it names (default: cli)")
    private String subject;

    @Override
    public Integer call() {
        Path keys = new OverseerFiles(new ServerFolder(state, ServerKind.OVERSEER)).simulation();
        try {
            System.out.println(TokenIssuer.load(keys).issue(subject, role, Duration.ofMinutes(minutes)));
            return 0;
        } catch (IOException e) {
            throw LaunchFailure.usage("--state " + state + ": expected the folder of an Overseer in simulation mode, "
                    + "got one without " + keys + "/token.key; production tokens come from your OpenID provider");
        } catch (IllegalArgumentException e) {
            throw LaunchFailure.usage(e.getMessage());
        }
    }
}
