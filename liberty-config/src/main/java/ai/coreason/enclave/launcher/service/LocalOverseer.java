package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.server.OverseerFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** How a command reaches the running Overseer of a folder that was started with {@code --simulation}. */
final class LocalOverseer {
    private static final Duration VALIDITY = Duration.ofHours(1);

    private LocalOverseer() {}

    /**
     * The Overseer of a folder.
     *
     * @param role of the token: foundry, operator or auditor
     * @throws IOException if none runs there, or it is not of a simulation
     */
    static OverseerApi of(Path folder, String role) throws IOException {
        OverseerFiles files = OverseerFiles.of(folder.toAbsolutePath().normalize());
        Optional<String> mode = files.mode();
        if (mode.isEmpty()) {
            throw new IOException("--state: expected an Overseer's folder, got "
                    + (Files.isDirectory(folder) ? "another" : "nothing") + " at " + folder);
        }
        if (!mode.get().equals(OverseerFiles.SIMULATION)) {
            throw new IOException(
                    "--state: expected the folder of an Overseer started with --simulation, got one of mode "
                            + mode.get() + "; give --api, --cacert and --token-file instead");
        }
        PidFile running = PidFile.read(folder.toAbsolutePath().normalize())
                .filter(p -> p.kind().equals("overseer") && p.process().isPresent())
                .orElseThrow(() -> new IOException("--state: expected a running Overseer, got none in " + folder));
        return OverseerApi.of(
                running.readiness().resolve("/"),
                Files.readString(files.caFile(), StandardCharsets.US_ASCII),
                files.tokens().issue("enclave-command-" + role, role, VALIDITY));
    }
}
