package ai.coreason.enclave.launcher.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverseerApiTest {
    private final List<String> requests = new ArrayList<>();
    private HttpServer server;
    private OverseerApi api;
    private int status = 200;
    private String body = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        api = new OverseerApi(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), HttpClient.newHttpClient(), "secret");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void send_requestThatIsGranted_isOneCallWithTheTokenAndGivesTheBody() throws Exception {
        body = "ledger";

        assertThat(api.send("POST", "nodes/" + OverseerApi.encoded("a/../b c+?") + "/revoke"))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("ledger");
        assertThat(requests).containsExactly("POST /api/v1/nodes/a%2F..%2Fb%20c%2B%3F/revoke Bearer secret");
    }

    @Test
    void send_refusal_isWhatTheOverseerSays() {
        status = 404;
        body = "{\"title\": \"Not found\", \"detail\": \"node_id: expected a node, got none\"}";

        assertThatThrownBy(() -> api.send("POST", "nodes/a/revoke"))
                .isInstanceOf(IOException.class)
                .hasMessage("node_id: expected a node, got none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>Bad gateway</html>", "[1]", "{\"detail\": \" \"}", "{\"detail\": {}}"})
    void send_refusalWithoutASentence_namesTheCallAndItsStatus(String answer) {
        status = 502;
        body = answer;

        assertThatThrownBy(() -> api.send("DELETE", "enrolment-tokens/t"))
                .isInstanceOf(IOException.class)
                .hasMessage("DELETE /api/v1/enrolment-tokens/t: expected 2xx, got 502");
    }

    @Test
    void toString_neverShowsTheToken() {
        assertThat(api.toString()).doesNotContain("secret");
    }
}
