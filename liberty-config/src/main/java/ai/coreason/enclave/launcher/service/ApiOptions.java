package ai.coreason.enclave.launcher.service;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * The options that say which Overseer is called: {@code --state} of one of this machine in a simulation, or address, authority and
 * token.
 */
public final class ApiOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--api", paramLabel = "URL", description = "the Overseer, https://host:port")
    private URI api;

    @Option(names = "--cacert", paramLabel = "FILE", description = "the federation's authority, PEM")
    private Path ca;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "a file with a bearer token of a role that may do this")
    private Path tokenFile;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "the folder of an Overseer of this machine started with --simulation, instead of those three")
    private Path state;

    /**
     * The Overseer that is meant.
     *
     * @param role whose token is made for an Overseer of this machine
     * @throws ParameterException naming the option that does not fit
     */
    public OverseerApi overseer(String role) throws IOException {
        if (state != null) {
            if (api != null || ca != null || tokenFile != null) {
                throw wrong("--state: expected no --api, --cacert or --token-file with it, got one");
            }
            return LocalOverseer.of(state, role);
        }
        if (api == null || ca == null || tokenFile == null) {
            throw wrong("expected --state, or --api, --cacert and --token-file, got "
                    + (api == null && ca == null && tokenFile == null ? "none" : "not all") + " of them");
        }
        if (!"https".equals(api.getScheme()) || api.getHost() == null) {
            throw wrong("--api: expected https://host:port, got " + api);
        }
        String authority = text("--cacert", ca);
        String token = text("--token-file", tokenFile).strip();
        if (!token.matches("[!-~]+")) {
            throw wrong("--token-file: expected one token and nothing else, got something else in " + tokenFile);
        }
        try {
            return OverseerApi.of(api, authority, token);
        } catch (IllegalArgumentException e) {
            throw wrong("--cacert: expected certificates in PEM, got something else in " + ca);
        }
    }

    private String text(String option, Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw wrong(option + ": expected a file that can be read, got " + file);
        }
    }

    ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
