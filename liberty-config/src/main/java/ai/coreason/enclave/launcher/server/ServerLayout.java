package ai.coreason.enclave.launcher.server;

import ai.coreason.enclave.base.PrivateFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of one server, below one folder that its owner alone can enter.
 *
 * <pre>
 * usr/servers/NAME/   server.xml and what it includes, bootstrap.properties, variables/
 * out/                Liberty's work files
 * logs/               messages.log, console.log
 * state/              everything that must survive a restart
 * </pre>
 *
 * @param name the server's name
 * @param folder the folder
 */
public record ServerLayout(String name, Path folder) {
    private static final String OVERSEER = "overseer";
    private static final String NODE = "node";
    private static final Pattern ESCAPE = Pattern.compile("%[0-9A-Fa-f]{2}");

    /** Makes the path absolute. */
    public ServerLayout {
        folder = folder.toAbsolutePath().normalize();
    }

    /** Why no server can have its files below a folder; empty if one can. */
    public static Optional<String> objection(Path folder) {
        String path = folder.toAbsolutePath().normalize().toString();
        return ESCAPE.matcher(path).find()
                ? Optional.of(
                        "expected a path without % before two hex digits, which Open Liberty would decode, got " + path)
                : Optional.empty();
    }

    /** The server that was started in a folder, by the name it has there; empty if none was. */
    public static Optional<ServerLayout> in(Path folder) throws IOException {
        Path servers = new ServerLayout(OVERSEER, folder).usr().resolve("servers");
        if (!Files.isDirectory(servers)) {
            return Optional.empty();
        }
        try (Stream<Path> names = Files.list(servers)) {
            return names.filter(p -> Files.exists(p.resolve("bootstrap.properties")))
                    .findFirst()
                    .map(p -> new ServerLayout(p.getFileName().toString(), folder));
        }
    }

    /** {@code overseer} or {@code node}; a node of a simulation is named by its id. */
    public String kind() {
        return name.equals(OVERSEER) ? OVERSEER : NODE;
    }

    /**
     * Writes the server's configuration; files that are there are replaced, secrets of earlier versions removed, the state stays.
     *
     * @param kind the folder of configuration to copy: {@code overseer} or {@code node}
     * @param variables what goes into {@code bootstrap.properties}: variables of {@code server.xml} and, as system
     *     properties, of the application
     * @param secrets variables of {@code server.xml} that go into a file each, mode 0600
     */
    public void write(
            Distribution distribution, String kind, Map<String, String> variables, Map<String, String> secrets)
            throws IOException {
        for (Path p : List.of(folder, usr(), configuration(), out(), logs(), state())) {
            PrivateFile.folder(p);
        }
        try (Stream<Path> files = Files.list(distribution.configurations().resolve(kind))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                PrivateFile.write(configuration().resolve(file.getFileName().toString()), Files.readAllBytes(file));
            }
        }
        Properties bootstrap = new Properties();
        bootstrap.setProperty("enclave.dist.dir", distribution.dist().toString());
        bootstrap.setProperty("enclave.state.dir", state().toString());
        bootstrap.putAll(variables);
        ByteArrayOutputStream escaped =
                new ByteArrayOutputStream(); // a writer would leave what is not Latin-1 as it is
        bootstrap.store(escaped, null);
        write("bootstrap.properties", escaped.toString(StandardCharsets.ISO_8859_1));
        forgetSecrets(secrets.keySet());
        for (Map.Entry<String, String> secret : secrets.entrySet()) {
            write("variables/" + secret.getKey(), secret.getValue());
        }
    }

    /** The folder of user configuration ({@code WLP_USER_DIR}). */
    public Path usr() {
        return folder.resolve("usr");
    }

    /** The folder of {@code server.xml}. */
    public Path configuration() {
        return usr().resolve("servers").resolve(name);
    }

    /** The folder of work files ({@code WLP_OUTPUT_DIR}). */
    public Path out() {
        return folder.resolve("out");
    }

    /** The folder of logs ({@code LOG_DIR}). */
    public Path logs() {
        return folder.resolve("logs");
    }

    /** The folder that survives restarts ({@code enclave.state.dir}). */
    public Path state() {
        return folder.resolve("state");
    }

    /** The server's standard output and error. */
    public Path console() {
        return logs().resolve("console.log");
    }

    /** The lines of {@code jvm.options}, comments left out. */
    List<String> jvmOptions() throws IOException {
        Path file = configuration().resolve("jvm.options");
        if (!Files.exists(file)) {
            return List.of();
        }
        return Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(l -> !l.isEmpty() && !l.startsWith("#"))
                .toList();
    }

    private void forgetSecrets(Set<String> kept) throws IOException {
        Path folder = configuration().resolve("variables");
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (!kept.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
    }

    private void write(String file, String text) throws IOException {
        PrivateFile.write(configuration().resolve(file), text.getBytes(StandardCharsets.UTF_8));
    }
}
