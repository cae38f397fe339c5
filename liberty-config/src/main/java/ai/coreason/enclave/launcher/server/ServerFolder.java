package ai.coreason.enclave.launcher.server;

import ai.coreason.enclave.overseer.identity.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All files of one server, below one folder that its owner alone can enter: {@code usr} (configuration), {@code out}
 * (Liberty's own work), {@code logs}, {@code state} (what must survive a restart) and {@code server.pid}.
 *
 * @param root the folder
 * @param kind whose files they are
 */
public record ServerFolder(Path root, ServerKind kind) {
    private static final String PROPERTIES = "bootstrap.properties";

    /** A folder by its absolute path. */
    public ServerFolder {
        root = root.toAbsolutePath().normalize();
    }

    /** Liberty's user folder. */
    public Path user() {
        return root.resolve("usr");
    }

    /** Liberty's work area. */
    public Path output() {
        return root.resolve("out");
    }

    /** {@code messages.log} and {@code console.log}. */
    public Path logs() {
        return root.resolve("logs");
    }

    /** What must survive a restart: {@code enclave.state.dir}. */
    public Path state() {
        return root.resolve("state");
    }

    /** Which process serves this folder. */
    public PidFile pidFile() {
        return new PidFile(root.resolve("server.pid"));
    }

    /** The server's configuration. */
    public Path configuration() {
        return user().resolve("servers").resolve(kind.serverName());
    }

    /**
     * Writes the configuration anew: the kind's XML files, the variables, the secrets. What an operator put into
     * {@code configDropins} stays.
     *
     * @param variables become {@code bootstrap.properties}
     * @param secrets become one file each, mode 0600, in {@code variables/}
     */
    public void write(Distribution distribution, Map<String, String> variables, Map<String, String> secrets)
            throws IOException {
        for (Path folder : new Path[] {configuration().resolve("variables"), output(), logs(), state()}) {
            PrivateFile.folder(folder);
        }
        try (Stream<Path> files = Files.list(distribution.configuration(kind))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".xml")).toList()) {
                Files.copy(file, configuration().resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        PrivateFile.write(configuration().resolve(PROPERTIES), properties(distribution, variables));
        for (Map.Entry<String, String> secret : secrets.entrySet()) {
            Path file = configuration().resolve("variables").resolve(secret.getKey());
            PrivateFile.write(file, secret.getValue().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A variable as it was last written; empty if the server was never configured or lacks it. */
    public Optional<String> variable(String name) throws IOException {
        Path file = configuration().resolve(PROPERTIES);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties read = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            read.load(in);
        }
        return Optional.ofNullable(read.getProperty(name));
    }

    private byte[] properties(Distribution distribution, Map<String, String> variables) {
        Map<String, String> all = new TreeMap<>();
        all.put("enclave.dist.dir", distribution.files().toString());
        all.put("enclave.state.dir", state().toString());
        all.put("derby.stream.error.file", logs().resolve("derby.log").toString());
        // No port for Liberty's own stop command: a server is stopped by a signal to its process.
        all.put("command.port", "-1");
        // Liberty's failure data capture dumps fields of live objects; these servers hold keys and records.
        all.put("com.ibm.ws.logging.ffdc.delegate", "com.ibm.ws.logging.internal.DisabledFFDCService");
        if (kind == ServerKind.NODE) {
            all.put("DJL_CACHE_DIR", root.resolve("out/djl").toString());
            all.put("PYTORCH_FLAVOR", "cpu");
            all.put("offline", "true");
        }
        all.putAll(variables);
        StringBuilder text = new StringBuilder();
        all.forEach((name, value) ->
                text.append(name).append('=').append(escape(name, value)).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A value as {@link Properties} reads it back. */
    private static String escape(String name, String value) {
        if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw LaunchFailure.usage(name + ": expected printable ASCII characters, got others");
        }
        String escaped = value.replace("\\", "\\\\");
        return escaped.startsWith(" ") ? "\\" + escaped : escaped;
    }
}
