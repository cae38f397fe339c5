package ai.coreason.enclave.launcher.operate;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that running either server has in common. */
final class RunOptions {
    private static final String DETACH = "--detach";

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "a variable of the server's configuration; repeatable")
    private final Map<String, String> variables = new HashMap<>();

    @Option(names = DETACH, description = "return when the server is ready; it goes on by itself")
    private boolean detach;

    @Option(
            names = "--ready-timeout",
            paramLabel = "SECONDS",
            defaultValue = "240",
            description = "how long it may take until it is ready (default: ${DEFAULT-VALUE})")
    private int readySeconds;

    /** Variables of the server's configuration, over the command's own. */
    Map<String, String> variables() {
        return variables;
    }

    /** Whether the command returns when the server is ready. */
    boolean detach() {
        return detach;
    }

    /** How long the server may take until it is ready. */
    Duration limit() {
        return Duration.ofSeconds(readySeconds);
    }

    /** A command line without {@code --detach}. */
    static List<String> attached(List<String> arguments) {
        return arguments.stream().filter(a -> !a.equals(DETACH)).toList();
    }
}
