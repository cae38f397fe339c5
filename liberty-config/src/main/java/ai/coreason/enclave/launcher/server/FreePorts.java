package ai.coreason.enclave.launcher.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** TCP ports of the loopback address that nobody listens on. */
public final class FreePorts {
    private FreePorts() {}

    /**
     * Finds ports. They are free when this returns; another process may still take one before its server does.
     *
     * @param count how many, 1 or more
     * @return distinct ports
     */
    public static List<Integer> find(int count) throws IOException {
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
}
