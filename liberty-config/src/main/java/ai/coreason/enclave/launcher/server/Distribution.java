package ai.coreason.enclave.launcher.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a build of {@code liberty-config} laid out: Open Liberty, the applications and their libraries.
 *
 * @param home the folder {@code liberty-config}
 */
public record Distribution(Path home) {
    /** System property that names {@link #home}. */
    public static final String HOME_PROPERTY = "enclave.home";

    private static final int JAVA_24 = 24;

    /**
     * The distribution that this launcher belongs to.
     *
     * @throws LaunchFailure if part of it is missing
     */
    public static Distribution find() {
        String home = System.getProperty(HOME_PROPERTY);
        if (home == null) {
            throw LaunchFailure.environment("start the launcher by liberty-config/bin/enclave");
        }
        Distribution found = new Distribution(Path.of(home).toAbsolutePath().normalize());
        List<Path> missing = found.parts().filter(p -> !Files.exists(p)).toList();
        if (!missing.isEmpty()) {
            throw LaunchFailure.environment(
                    "the build is not complete, " + missing.get(0) + " is missing: run mvn -DskipTests package");
        }
        return found;
    }

    /** The installed Open Liberty. */
    public Path liberty() {
        return home.resolve("target/liberty/wlp");
    }

    /** Applications, drivers, DJL and libtorch. */
    public Path files() {
        return home.resolve("target/dist");
    }

    /** The native libraries of PyTorch, unpacked. */
    public Path libtorch() {
        return files().resolve("libtorch");
    }

    /** The configuration files of a kind of server. */
    public Path configuration(ServerKind kind) {
        return home.resolve("src/main/liberty").resolve(kind.serverName());
    }

    /** The JVM options of a kind of server: Liberty's for this JDK, then the kind's own. */
    List<String> jvmOptions(ServerKind kind) throws IOException {
        String file = Runtime.version().feature() >= JAVA_24 ? "java24.options" : "java9.options";
        List<String> options =
                new ArrayList<>(lines(liberty().resolve("lib/platform/java").resolve(file)));
        options.addAll(lines(configuration(kind).resolve("jvm.options")));
        return options;
    }

    private Stream<Path> parts() {
        return Stream.of(
                liberty().resolve("bin/tools/ws-server.jar"),
                files().resolve("apps/overseer.ear"),
                files().resolve("apps/node.war"),
                libtorch().resolve("libtorch_cpu.so"),
                configuration(ServerKind.OVERSEER).resolve("server.xml"),
                configuration(ServerKind.NODE).resolve("server.xml"));
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(l -> !l.isEmpty() && !l.startsWith("#"))
                .toList();
    }
}
