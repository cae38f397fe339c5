package ai.coreason.enclave.launcher.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** TCP ports of the loopback address that nobody listens on. */
public final class FreePorts {
    private FreePorts() {}

    /**
     * Says why no server could listen at an address now.
     *
     * @param address a name or address of this machine; {@code 0.0.0.0} for all
     * @return empty if one could
     */
    public static Optional<String> objection(String address) {
        try {
            new ServerSocket(0, 1, InetAddress.getByName(address)).close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("expected an address of this machine, got " + address);
        }
    }

    /**
     * Says why a server could not listen at a port now.
     *
     * @param address a name or address of this machine; {@code 0.0.0.0} for all
     * @param port 1 to 65535
     * @return empty if it could
     */
    public static Optional<String> objection(String address, int port) {
        try {
            new ServerSocket(port, 1, InetAddress.getByName(address)).close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("expected a port that is free, got " + port + " of " + address + ": " + e.getMessage());
        }
    }

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
