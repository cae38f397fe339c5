package ai.coreason.enclave.launcher.operate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.launcher.ExitCode;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.overseer.identity.TokenIssuer;
import ai.coreason.enclave.privacy.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class OperateCommandsTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void token_simulatedOverseer_printsOne() throws Exception {
        TokenIssuer.open(folder.resolve("state/tokens"));

        int code = run(new TokenCommand(), "--role", "auditor", "--state", folder.toString());

        assertThat(code).isEqualTo(ExitCode.OK);
        assertThat(out.toString().strip().split("\\.")).hasSize(3);
    }

    @Test
    void token_productionOverseer_isRefusedAndMakesNothing() {
        int code = run(new TokenCommand(), "--role", "auditor", "--state", folder.toString());

        assertThat(code).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("expected the folder of an Overseer in simulation mode");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void token_unknownRole_isRefusedByName() throws Exception {
        TokenIssuer.open(folder.resolve("state/tokens"));

        assertThat(run(new TokenCommand(), "--role", "root", "--state", folder.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("role: expected one of foundry, operator, auditor, got root");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--jwt-issuer https://id.example",
                "--jwt-keys https://id.example/keys",
                "--simulation --jwt-issuer https://id.example"
            })
    void overseerRun_tokensFromNowhereOrTwoPlaces_isRefused(String tokens) {
        String[] arguments = ("run --state " + folder + " " + tokens).strip().split(" +");

        assertThat(run(new OverseerCommand(), arguments)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("expected --jwt-issuer and --jwt-keys, or --simulation alone");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void overseerStatus_configuredAndNotRunning_says1() throws Exception {
        configured("overseer", "https.port=9443\n");

        int code = run(new OverseerCommand(), "status", "--json", "--state", folder.toString());

        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(Json.read(out.toString()).path("running").booleanValue()).isFalse();
    }

    @Test
    void nodeStop_notRunning_isDone() throws Exception {
        configured("node", "http.port=9080\n");

        assertThat(run(new NodeCommand(), "stop", "--state", folder.toString())).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("does not run");
    }

    @Test
    void nodeStatus_anotherFolder_isAnError() {
        assertThat(run(new NodeCommand(), "status", "--state", folder.toString()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("expected a node's folder, got another");
    }

    @Test
    void requireStartable_takenPort_namesTheOption() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", taken.getLocalPort());
            Assertions.assertThatThrownBy(
                            () -> Operation.requireStartable(layout("node"), Map.of("--http-port", address)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("--http-port: expected a free port, got");
        }
    }

    @Test
    void requireStartable_runningServer_namesTheProcess() throws Exception {
        new PidFile(folder.resolve("server.pid")).write(ProcessHandle.current());

        Assertions.assertThatThrownBy(() -> Operation.requireStartable(layout("node"), Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("got process " + ProcessHandle.current().pid());
    }

    private void configured(String name, String properties) throws IOException {
        Path configuration = layout(name).configuration();
        Files.createDirectories(configuration);
        Files.writeString(configuration.resolve("bootstrap.properties"), properties);
    }

    private ServerLayout layout(String name) {
        return new ServerLayout(name, folder);
    }

    private int run(Object command, String... arguments) {
        CommandLine line = new CommandLine(command);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
