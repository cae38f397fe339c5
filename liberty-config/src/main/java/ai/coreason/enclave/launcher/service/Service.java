package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.launcher.server.ServerProcess;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One server that runs until it is stopped, or that stays behind when this command ends.
 *
 * @param kind {@code overseer} or {@code node}
 * @param folder its folder
 * @param readiness the address of its readiness check
 * @param client reaches that address
 */
record Service(String kind, Path folder, URI readiness, HttpClient client) {
    private static final Duration READY = Duration.ofSeconds(180);
    private static final int TERMINATED = 143;

    /** The folder's lock file. */
    private static final String LOCK = ".lock";

    /** What is to be done once a server has shown that it can run. */
    @FunctionalInterface
    interface WhenReady {
        /** Does it. */
        void run() throws IOException;
    }

    /**
     * Starts the server and waits until it is ready; then returns if detached, else waits until it ends. One that is not detached may
     * take its time, as long as it answers.
     *
     * @return the exit code of the command
     * @throws IOException if the folder's server runs already, or this one does not become ready
     */
    int run(
            Distribution distribution,
            Map<String, String> variables,
            Map<String, String> secrets,
            Map<String, String> environment,
            boolean detach,
            PrintWriter out,
            WhenReady ready)
            throws IOException, InterruptedException {
        ServerProcess server = start(distribution, variables, secrets, environment, detach);
        try {
            server.awaitReady(client, readiness, READY, !detach, line -> {
                out.println(line);
                out.flush();
            });
            ready.run();
        } catch (IOException | InterruptedException e) {
            server.close();
            PidFile.delete(folder);
            throw e;
        }
        out.println(kind + ": ready, pid " + server.pid() + ", " + readiness.resolve("/"));
        out.flush();
        if (detach) {
            server.detach();
            return ExitCode.OK;
        }
        int code = server.awaitEnd();
        PidFile.delete(folder);
        if (code == 0 || code == TERMINATED) {
            return ExitCode.OK;
        }
        throw new IOException(
                kind + ": expected to run until it is stopped, got exit code " + code + "\n" + server.tail());
    }

    private ServerProcess start(
            Distribution distribution,
            Map<String, String> variables,
            Map<String, String> secrets,
            Map<String, String> environment,
            boolean detach)
            throws IOException {
        PrivateFile.folder(folder);
        try (FileChannel channel =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // of two commands on one folder, the second sees the first one's pid file
            refuseSecond(folder);
            Map<String, String> all = new HashMap<>(variables);
            if (!detach) {
                all.put(
                        "enclave.parent.pid",
                        String.valueOf(ProcessHandle.current().pid()));
            }
            ServerLayout layout = new ServerLayout(kind, folder);
            layout.write(distribution, kind, all, secrets);
            ServerProcess server = ServerProcess.start(distribution, layout, List.of(), environment);
            try {
                Optional<ProcessHandle> process = ProcessHandle.of(server.pid());
                PidFile.of(kind, process.orElseThrow(() -> new IOException(server.tail())), readiness)
                        .write(folder);
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
            return server;
        }
    }

    /** @throws IOException if the folder's server runs */
    static void refuseSecond(Path folder) throws IOException {
        Optional<PidFile> other = PidFile.read(folder).filter(p -> p.process().isPresent());
        if (other.isPresent()) {
            throw new IOException("--state: expected a folder whose server does not run, got pid "
                    + other.get().pid() + " in " + folder);
        }
    }
}
