package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.overseer.vault.StartSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that say under which secret an Overseer keeps its sealing keys, and for how long it keeps updates. */
final class SecretOptions {
    private static final String ENVIRONMENT = "ENCLAVE_KEY_SECRET";

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--key-secret-file",
            paramLabel = "FILE",
            description = "holds the secret that sealing keys are kept under, at least 32 random characters; or set "
                    + ENVIRONMENT + ". A simulation makes its own by default")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--keep-updates",
            description = "keep each node's sealed updates and their keys after a job; by default they are destroyed")
    private boolean keepUpdates;

    /**
     * Variables of the server's configuration.
     *
     * @param simulation whether a secret may be left out
     * @throws ParameterException if there is none, or it is too short
     */
    Map<String, String> variables(boolean simulation) {
        Map<String, String> variables = new HashMap<>();
        String environment = System.getenv(ENVIRONMENT);
        if (file.isPresent()) {
            require("--key-secret-file", read(file.get()));
            variables.put(
                    "enclave.key.secret.file",
                    file.get().toAbsolutePath().normalize().toString());
        } else if (environment != null) {
            require(ENVIRONMENT, environment);
        } else if (!simulation) {
            throw wrong("--key-secret-file: expected a file with a secret, or " + ENVIRONMENT
                    + " in the environment, got neither; make one with: openssl rand -base64 32");
        }
        variables.put("enclave.keep.updates", String.valueOf(keepUpdates));
        return variables;
    }

    private void require(String name, String secret) {
        if (secret.length() < StartSecret.LEAST) {
            throw wrong(name + ": expected a secret of at least " + StartSecret.LEAST + " characters, got "
                    + secret.length());
        }
    }

    private String read(Path path) {
        try {
            return Files.readString(path).strip();
        } catch (IOException e) {
            throw wrong("--key-secret-file: expected a file that can be read, got none at " + path);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
