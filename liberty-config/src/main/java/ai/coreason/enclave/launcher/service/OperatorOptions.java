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
 * The options that say which Overseer an operator means: {@code --state} of one of this machine in a simulation, or address, authority
 * and token.
 */
final class OperatorOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--api", paramLabel = "URL", description = "the Overseer, https://host:port")
    private URI api;

    @Option(names = "--cacert", paramLabel = "FILE", description = "the federation's authority, PEM")
    private Path ca;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "a file with a bearer token of the role operator")
    private Path tokenFile;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "the folder of an Overseer of this machine started with --simulation, instead of those three")
    private Path state;

    /** The Overseer that is meant. */
    OperatorCall overseer() throws IOException {
        if (state != null) {
            if (api != null || ca != null || tokenFile != null) {
                throw wrong("--state: expected no --api, --cacert or --token-file with it, got one");
            }
            LocalOverseer local = LocalOverseer.of(state, "operator");
            return new OperatorCall(local.api(), local.ca(), local.token());
        }
        if (api == null || ca == null || tokenFile == null) {
            throw wrong("expected --state, or --api, --cacert and --token-file, got neither");
        }
        if (!"https".equals(api.getScheme()) || api.getHost() == null) {
            throw wrong("--api: expected https://host:port, got " + api);
        }
        return new OperatorCall(
                api, text("--cacert", ca), text("--token-file", tokenFile).strip());
    }

    private String text(String option, Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw wrong(option + ": expected a file that can be read, got " + file);
        }
    }

    ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
