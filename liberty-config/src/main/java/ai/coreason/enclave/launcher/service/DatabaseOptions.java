package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.server.OverseerFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where an Overseer keeps its tables: in its own folder, or in PostgreSQL. */
final class DatabaseOptions {
    private static final String ENVIRONMENT = "ENCLAVE_DATABASE_PASSWORD";
    private static final Set<String> SSL_MODES = Set.of("disable", "require", "verify-ca", "verify-full");
    private static final int DEFAULT_PORT = 5432;

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = "postgresql://HOST[:PORT]/NAME, whose max_prepared_transactions is at least 32; a database in"
                    + " the Overseer's own folder when left out")
    private Optional<String> url = Optional.empty();

    @Option(names = "--database-user", paramLabel = "NAME", description = "the user to connect as; default: enclave")
    private Optional<String> user = Optional.empty();

    @Option(
            names = "--database-password-file",
            paramLabel = "FILE",
            description = "the file that holds the password; or set " + ENVIRONMENT)
    private Optional<Path> passwordFile = Optional.empty();

    @Option(
            names = "--database-ssl",
            paramLabel = "MODE",
            description = "disable, require, verify-ca or verify-full; default: verify-full")
    private Optional<String> ssl = Optional.empty();

    /**
     * Variables of the server's configuration.
     *
     * @throws ParameterException naming the first option that does not fit
     */
    Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>();
        if (url.isEmpty()) {
            refuseAlone("--database-user", user);
            refuseAlone("--database-password-file", passwordFile);
            refuseAlone("--database-ssl", ssl);
            return variables;
        }
        URI address = address(url.get());
        String mode = ssl.orElse("verify-full");
        if (!SSL_MODES.contains(mode)) {
            throw wrong("--database-ssl: expected disable, require, verify-ca or verify-full, got " + mode);
        }
        variables.put("db.kind", kind());
        variables.put("db.host", address.getHost());
        variables.put("db.port", String.valueOf(address.getPort() < 0 ? DEFAULT_PORT : address.getPort()));
        variables.put("db.name", address.getPath().substring(1));
        variables.put("db.user", user.orElse("enclave"));
        variables.put("db.ssl.mode", mode);
        return variables;
    }

    /**
     * Secret variables of the server's configuration.
     *
     * @throws ParameterException if a password is needed and none is given
     */
    Map<String, String> secrets() {
        return url.isEmpty() ? Map.of() : Map.of("db.password", password());
    }

    /** What keeps the tables. */
    String kind() {
        return url.isEmpty() ? OverseerFiles.DERBY : OverseerFiles.POSTGRESQL;
    }

    private void refuseAlone(String option, Optional<?> value) {
        if (value.isPresent()) {
            throw wrong(option + ": expected --database beside it, got it alone");
        }
    }

    private URI address(String text) {
        try {
            URI address = URI.create(text);
            boolean whole = "postgresql".equals(address.getScheme())
                    && address.getHost() != null
                    && address.getUserInfo() == null
                    && address.getQuery() == null
                    && address.getPath().matches("/[A-Za-z0-9_-]{1,63}");
            if (whole) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // refused below: what was typed may hold a password
        }
        throw wrong("--database: expected postgresql://HOST[:PORT]/NAME, without user and password, got another text");
    }

    private String password() {
        if (passwordFile.isEmpty()) {
            String given = System.getenv(ENVIRONMENT);
            if (given == null || given.isEmpty()) {
                throw wrong("--database-password-file: expected a file with the password, or " + ENVIRONMENT
                        + " in the environment, got neither");
            }
            return given;
        }
        try {
            String given = Files.readString(passwordFile.get()).strip();
            if (!given.isEmpty()) {
                return given;
            }
        } catch (IOException e) {
            // refused below
        }
        throw wrong("--database-password-file: expected a file with a password, got none at " + passwordFile.get());
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
