package ai.coreason.enclave.launcher.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a build lays out for running servers.
 *
 * @param dist applications and libraries: {@code apps}, {@code djl}, {@code derby}, {@code libtorch}
 * @param wlp the Open Liberty runtime
 * @param configurations one folder of server configuration a kind: {@code overseer}, {@code node}
 */
public record Distribution(Path dist, Path wlp, Path configurations) {
    /** The system property with the repository's root; {@code bin/enclave} sets it. */
    public static final String HOME = "enclave.home";

    private static final int FIRST_JAVA_WITHOUT_SECURITY_MANAGER = 24;

    /**
     * The distribution of the repository that {@value #HOME} names.
     *
     * @throws IOException naming the first part that is missing
     */
    public static Distribution locate() throws IOException {
        String home = System.getProperty(HOME);
        if (home == null) {
            throw new IOException("-D" + HOME + ": expected the repository's root, got nothing");
        }
        Path module = Path.of(home).toAbsolutePath().normalize().resolve("liberty-config");
        Distribution d = new Distribution(
                module.resolve("target/dist"),
                module.resolve("target/liberty/wlp"),
                module.resolve("src/main/liberty"));
        for (Path part : List.of(d.dist.resolve("apps"), d.dist.resolve("libtorch"), d.agent(), d.configurations)) {
            if (!Files.exists(part)) {
                throw new IOException(part + ": expected a part of the build, got nothing; run mvn package");
            }
        }
        return d;
    }

    /** Liberty's instrumentation agent. */
    Path agent() {
        return wlp.resolve("bin/tools/ws-javaagent.jar");
    }

    /** Liberty's server launcher. */
    Path launcher() {
        return wlp.resolve("bin/tools/ws-server.jar");
    }

    /** The argument file that opens the JDK's modules to Liberty; without it CDI fails with WELD-001524. */
    Path moduleArguments() {
        boolean late = Runtime.version().feature() >= FIRST_JAVA_WITHOUT_SECURITY_MANAGER;
        return wlp.resolve("lib/platform/java").resolve(late ? "java24.options" : "java9.options");
    }
}
