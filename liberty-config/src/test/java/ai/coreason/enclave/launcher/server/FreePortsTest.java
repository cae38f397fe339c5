package ai.coreason.enclave.launcher.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void objection_takenPort_namesItAndAFreeOneHasNone() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
            assertThat(FreePorts.objection("127.0.0.1", port))
                    .hasValueSatisfying(o ->
                            assertThat(o).startsWith("expected a port that is free, got " + port + " of 127.0.0.1"));
        }
        assertThat(FreePorts.objection("127.0.0.1", port)).isEmpty();
    }

    @Test
    void objection_addressOfNobody_isOne() {
        assertThat(FreePorts.objection("192.0.2.1")).hasValue("expected an address of this machine, got 192.0.2.1");
        assertThat(FreePorts.objection("127.0.0.1")).isEmpty();
    }

    @Test
    void find_several_areDistinctAndCanBeBound() throws Exception {
        List<Integer> ports = FreePorts.find(8);

        assertThat(ports).hasSize(8).doesNotHaveDuplicates();
        for (int port : ports) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(socket.isBound()).isTrue();
            }
        }
    }
}
