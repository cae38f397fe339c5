package ai.coreason.enclave.launcher.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** TCP ports of this machine's loopback interface. */
public final class LoopbackPorts {
    private LoopbackPorts() {}

    /** Ports that nothing listens on, all different. Another program may take one before it is used. */
    public static List<Integer> free(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    /**
     * Checks that a server could listen.
     *
     * @throws LaunchFailure naming the option whose port is taken
     */
    public static void requireFree(String option, String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host.equals("*") ? "0.0.0.0" : host, port));
        } catch (IOException e) {
            throw LaunchFailure.environment(
                    option + ": cannot listen on " + host + " port " + port + " (" + e.getMessage() + ")");
        }
    }
}
