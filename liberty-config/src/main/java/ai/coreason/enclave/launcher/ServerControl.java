package ai.coreason.enclave.launcher;

import ai.coreason.enclave.launcher.server.Health;
import ai.coreason.enclave.launcher.server.LaunchFailure;
import ai.coreason.enclave.launcher.server.LibertyServer;
import ai.coreason.enclave.launcher.server.ServerFolder;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;

/** What {@code stop} and {@code status}, and the end of {@code run}, do for either kind of server. */
final class ServerControl {
    private static final Duration GRACE = Duration.ofSeconds(45);

    private ServerControl() {}

    /**
     * Sees a started server through: until it is ready, and in the foreground until it ends.
     *
     * @return the exit code
     */
    static int attend(LibertyServer server, URI base, Duration limit, boolean detached) throws InterruptedException {
        Thread stop = new Thread(() -> server.stop(GRACE), "stop-server");
        Runtime.getRuntime().addShutdownHook(stop);
        server.awaitReady(limit);
        System.out.println(server.name() + " is ready at " + base + ", process " + server.pid() + ", logs in "
                + server.folder().logs());
        if (detached) {
            Runtime.getRuntime().removeShutdownHook(stop);
            return 0;
        }
        return server.await() == 0 ? 0 : LaunchFailure.FAILED;
    }

    /** Stops the server of a folder; nothing to do if none runs. */
    static int stop(ServerFolder folder) throws IOException {
        Optional<ProcessHandle> process = folder.pidFile().running();
        if (process.isEmpty()) {
            System.out.println(folder.kind().title() + " of " + folder.root() + " does not run");
        } else {
            LibertyServer.end(process.get(), GRACE);
            System.out.println(
                    folder.kind().title() + " stopped, process " + process.get().pid());
        }
        folder.pidFile().delete();
        return 0;
    }

    /** Prints whether the server of a folder runs and is ready; exit code 0 if both. */
    static int status(ServerFolder folder, HttpClient client, URI base, boolean json)
            throws IOException, InterruptedException {
        Optional<ProcessHandle> process = folder.pidFile().running();
        boolean ready = process.isPresent() && new Health(client, base).ready();
        if (json) {
            ObjectNode out = Json.object().put("running", process.isPresent()).put("ready", ready);
            process.ifPresent(p -> out.put("pid", p.pid()));
            out.put("url", base.toString()).put("logs", folder.logs().toString());
            System.out.println(Json.pretty(out));
        } else {
            String state = process.isEmpty() ? "does not run" : ready ? "is ready" : "runs, not ready";
            System.out.println(folder.kind().title() + " " + state
                    + process.map(p -> ", process " + p.pid() + ", " + base).orElse("") + ", logs in "
                    + folder.logs());
        }
        return ready ? 0 : LaunchFailure.FAILED;
    }
}
