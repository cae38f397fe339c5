package ai.coreason.enclave.launcher.service;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.Enclave;
import ai.coreason.enclave.launcher.server.OverseerFiles;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ServiceCommandsTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "overseer                                          | expected a command (run, stop, status, revoke, freeze or thaw), got none",
                "overseer revoke                                   | expected one of --node, --token, --certificate, --user, got none",
                "overseer revoke --node a --user b                 | expected one of --node, --token, --certificate, --user, got several",
                "overseer revoke --node a                          | expected --state, or --api, --cacert and --token-file",
                "overseer revoke --user a --undo                   | --undo: expected --node with it, got another",
                "overseer freeze --state S --api https://h         | --state: expected no --api",
                "overseer freeze --api http://h --cacert f --token-file f | --api: expected https://host:port, got http://h",
                "overseer thaw --api https://h --cacert no.pem --token-file f | --cacert: expected a file that can be read",
                "overseer thaw --api https://h --cacert pom.xml --token-file pom.xml | --token-file: expected one token and nothing else, got something else in pom.xml",
                "overseer run --simulation                         | --state: expected DIR, got nothing",
                "overseer run --state S --simulation --https-port 0 | --https-port: expected 1 to 65535, got 0",
                "overseer run --state S --simulation --node-port 70000 | --node-port: expected 1 to 65535, got 70000",
                "overseer run --state S --simulation --node-port 9443 | --node-port: expected another port than --https-port",
                "overseer run --state S                            | --issuer: expected the issuer of user tokens",
                "overseer run --state S --issuer i                 | --keys: expected the address",
                "overseer run --state S --issuer i --keys https://h/k | --audience: expected the name of this Overseer",
                "overseer run --state S --issuer i --keys http://h/k --audience a | --keys: expected https://HOST[:PORT][/PATH], got http://h",
                "overseer run --state S --issuer i --keys file:/k --audience a | --keys: expected https://HOST[:PORT][/PATH], got file://null",
                "overseer run --state S --issuer i --keys https://h/k --audience a --issuer-ca no.pem | --issuer-ca: expected a file of certificates in PEM, got nothing at no.pem",
                "overseer run --state S --issuer i --keys https://h/k --audience a --issuer-ca pom.xml | --issuer-ca: expected certificates in PEM, got something else in pom.xml",
                "overseer run --state S --issuer i --keys https://h/k --audience a --max-token-lifetime 0 | --max-token-lifetime: expected 1 to 1440, got 0",
                "overseer run --state S --issuer i --keys https://h/k --audience a --max-token-lifetime 1441 | --max-token-lifetime: expected 1 to 1440, got 1441",
                "overseer run --state S --issuer i --keys https://h/k --audience a --client b,c | --client: expected a client's name without commas, got b,c",
                "overseer run --state S --issuer i --keys https://h/k --audience a --token-type a;b | --token-type: expected a media type's name",
                "overseer run --state S --issuer i --keys https://h/k --audience a --roles-claim ä | --roles-claim: expected 1 to 500 printable",
                "overseer run --state S --simulation --issuer i    | --issuer: expected none with --simulation, got i",
                "overseer run --state S --simulation --audience a  | --audience: expected none with --simulation, got a",
                "overseer run --state S --simulation --client c    | --client: expected none with --simulation, got c",
                "overseer run --state S --simulation --max-token-lifetime 5 | --max-token-lifetime: expected none with --simulation, got 5",
                "overseer run --state S --simulation --trust-anchors no.d | --trust-anchors: expected a folder, got nothing at no.d",
                "overseer run --state S --simulation --certificates no.d | --certificates: expected a folder, got nothing at no.d",
                "overseer run --state S --simulation --tsm no.d    | --tsm: expected a folder, got nothing at no.d",
                "overseer run --state S --simulation --kds http://h | --kds: expected https://host, got http://h",
                "overseer run --state S --simulation --pcs ftp://h | --pcs: expected https://host, got ftp://h",
                "node run --state S                                | --site: expected FILE, got nothing",
                "node run --state S --state S --site f | --state: expected once, got several times",
                "node run --state S --site no.json                 | --site: expected a site file, got nothing at no.json",
                "node run --state S --site no.json --http-port -1  | --http-port: expected 1 to 65535, got -1",
                "node run --state S --site no.json --tsm no.d      | --tsm: expected a folder, got none at no.d",
                "node stop --state S                               | --state: expected a server's folder, got nothing at",
                "token --state S --role boss                       | --role: expected foundry, operator or auditor, got boss",
                "token --state S --role foundry --hours 25         | --hours: expected 1 to 24, got 25"
            })
    void execute_wrongArguments_namesTheOption(String line, String message) {
        String[] args = line.strip()
                .replace("--state S", "--state " + folder.resolve("S"))
                .split(" +");

        assertThat(run(Enclave.commandLine(), args)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(message);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void overseerRun_takenPorts_areBothNamedAndNothingIsMade() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int code = run(
                    Enclave.commandLine(),
                    "overseer",
                    "run",
                    "--simulation",
                    "--detach",
                    "--state",
                    "" + folder.resolve("S"),
                    "--https-port",
                    "" + one.getLocalPort(),
                    "--node-port",
                    "" + other.getLocalPort());

            assertThat(code).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString())
                    .contains("--https-port: expected a port that is free, got " + one.getLocalPort())
                    .contains("--node-port: expected a port that is free, got " + other.getLocalPort());
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void overseerRun_addressThatIsNone_namesListenAndNotThePorts() {
        assertThat(run(
                        Enclave.commandLine(),
                        "overseer",
                        "run",
                        "--simulation",
                        "--state",
                        "" + folder.resolve("S"),
                        "--listen=no such host"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("--listen: expected an address of this machine, got no such host")
                .doesNotContain("--https-port:");
        assertThat(folder).isEmptyDirectory();
    }

    /** Liberty takes it for an escape, and would look for the server's keys elsewhere. */
    @Test
    void run_folderWithAnEscapeInItsPath_isRefused() throws IOException {
        Path site = Files.writeString(folder.resolve("site.json"), "{\"node_id\":\"a\",\"simulation\":{}}");
        Path state = folder.resolve("r%41x");
        String why = "--state: expected a path without % before two hex digits, which Open Liberty would decode, got "
                + state;
        assertThat(run(Enclave.commandLine(), "overseer", "run", "--simulation", "--state", "" + state))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(why);
        assertThat(run(Enclave.commandLine(), "node", "run", "--state", "" + state, "--site", "" + site))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(why);
        assertThat(state).doesNotExist();
    }

    @Test
    void freeze_folderThatIsNotThere_saysSo() {
        Path none = folder.resolve("none");
        run(Enclave.commandLine(), "overseer", "freeze", "--state", "" + none);
        assertThat(err.toString()).contains("--state: expected an Overseer's folder, got nothing at " + none);
    }

    @Test
    void nodeRun_takenPort_isNamed() throws IOException {
        Path site = Files.writeString(folder.resolve("site.json"), "{\"node_id\":\"a\",\"simulation\":{}}");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int code = run(
                    Enclave.commandLine(),
                    "node",
                    "run",
                    "--state",
                    "" + folder.resolve("S"),
                    "--site",
                    "" + site,
                    "--http-port",
                    "" + taken.getLocalPort());

            assertThat(code).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString())
                    .contains("--http-port: expected a port that is free, got " + taken.getLocalPort());
        }
    }

    @Test
    void nodeRun_noHardwareOutsideSimulation_is3AndMakesNothing() throws IOException {
        Path state = folder.resolve("state");
        Path site = Files.writeString(folder.resolve("site.json"), "{\"node_id\":\"node_a\"}");

        int code = run(
                new CommandLine(new NodeRunCommand(folder.resolve("root"))),
                "--state",
                "" + state,
                "--site",
                "" + site);

        assertThat(code).isEqualTo(ExitCode.NO_HARDWARE);
        assertThat(err.toString()).contains("no confidential hardware").contains("--insecure");
        assertThat(state).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"node_id\":\"a\"}',--insecure",
        "'{\"node_id\":\"a\"}',--tsm=.",
        "'{\"node_id\":\"a\",\"simulation\":{}}',--http-port=9080"
    })
    void nodeRun_insecureOrTsmOrSimulation_passesTheHardwareCheck(String document, String option) throws IOException {
        Path site = Files.writeString(folder.resolve("site.json"), document);
        Path state = folder.resolve("state");
        PidFile.of("node", ProcessHandle.current(), URI.create("http://127.0.0.1:1/health/ready"))
                .write(state);
        CommandLine command = new CommandLine(new NodeRunCommand(folder.resolve("root")));

        assertThat(run(command, "--state", "" + state, "--site", "" + site, option))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("--state: expected a folder whose server does not run");
    }

    @Test
    void token_simulation_carriesRoleAndSubject() throws IOException {
        OverseerFiles.of(folder).make(OverseerFiles.SIMULATION);

        assertThat(run(Enclave.commandLine(), "token", "--state", "" + folder, "--role", "auditor", "--subject", "ann"))
                .isEqualTo(ExitCode.OK);
        String claims =
                new String(Base64.getUrlDecoder().decode(out.toString().split("\\.")[1]), StandardCharsets.UTF_8);
        assertThat(Json.read(claims).path("groups").get(0).asText()).isEqualTo("auditor");
        assertThat(Json.read(claims).path("sub").asText()).isEqualTo("ann");
    }

    @Test
    void token_production_isRefusedAndMakesNoKey() throws IOException {
        OverseerFiles files = OverseerFiles.of(folder);
        files.make(OverseerFiles.PRODUCTION);

        assertThat(run(Enclave.commandLine(), "token", "--state", "" + folder, "--role", "foundry"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains(
                        "--state: expected the folder of an Overseer started with --simulation, got one of mode production");
        assertThat(files.state().resolve("tokens")).doesNotExist();
    }

    @Test
    void overseerRun_folderOfTheOtherMode_isRefused() throws IOException {
        OverseerFiles.of(folder).make(OverseerFiles.PRODUCTION);

        assertThat(run(Enclave.commandLine(), "overseer", "run", "--simulation", "--state", "" + folder))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("--state: expected a folder made for simulation, got one made for production");
    }

    @Test
    void overseerRun_folderWhoseTablesAreElsewhere_isRefused() throws IOException {
        OverseerFiles files = OverseerFiles.of(folder);
        files.make(OverseerFiles.SIMULATION);
        files.keepDatabase(OverseerFiles.POSTGRESQL);
        assertThat(run(Enclave.commandLine(), "overseer", "run", "--simulation", "--state", "" + folder))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains(
                        "--state: its tables are in PostgreSQL, and without --database jobs and ledgers would be missing:"
                                + " start with --database, as before");

        Path older = folder.resolve("older");
        OverseerFiles.of(older).make(OverseerFiles.SIMULATION);
        Files.createDirectories(OverseerFiles.of(older).state().resolve("db"));
        Path password = Files.writeString(folder.resolve("password"), "a password");
        assertThat(run(
                        Enclave.commandLine(),
                        "overseer",
                        "run",
                        "--simulation",
                        "--state",
                        "" + older,
                        "--database=postgresql://127.0.0.1/enclave",
                        "--database-password-file=" + password))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains(
                        "--state: its tables are in the folder itself (Derby), and with --database jobs and ledgers would be"
                                + " missing: start without --database, or in another folder");
    }

    @Test
    void overseerRun_publicRecordsThatCannotBeRead_areRefusedAndNothingIsMade() throws IOException {
        Path state = folder.resolve("state");
        assertThat(run(
                        Enclave.commandLine(),
                        "overseer",
                        "run",
                        "--simulation",
                        "--state",
                        "" + state,
                        "--public=" + folder))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--public: expected a folder with datapackage.json, got " + folder);

        Files.writeString(folder.resolve("datapackage.json"), "{\"resources\": []}");
        assertThat(run(
                        Enclave.commandLine(),
                        "overseer",
                        "run",
                        "--simulation",
                        "--state",
                        "" + state,
                        "--public=" + folder))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("--public: " + folder.resolve("datapackage.json") + ": resources: expected 1 to");
        assertThat(state).doesNotExist();
    }

    @Test
    void make_again_keepsKeysAndFolderIsPrivate() throws IOException {
        Path state = folder.resolve("made");
        OverseerFiles files = OverseerFiles.of(state);
        files.make(OverseerFiles.SIMULATION);
        var secrets = files.secrets(List.of("localhost"));
        String ca = Files.readString(state.resolve("ca.pem"));
        String evidence = Files.readString(state.resolve("evidence.key"));
        Files.writeString(files.state().resolve("metrics.password"), "of an earlier version");

        files.make(OverseerFiles.SIMULATION);

        assertThat(files.secrets(List.of("localhost"))).isEqualTo(secrets);
        assertThat(files.state().resolve("metrics.password")).doesNotExist();
        assertThat(state.resolve("ca.pem")).hasContent(ca);
        assertThat(state.resolve("evidence.key")).hasContent(evidence);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
    }

    @Test
    void stopAndStatus_serverOfAnotherKind_areRefused() throws IOException {
        PidFile.of("node", ProcessHandle.current(), URI.create("http://127.0.0.1:1/health/ready"))
                .write(folder);

        assertThat(run(Enclave.commandLine(), "overseer", "stop", "--state", "" + folder))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("expected the folder of a server of kind overseer, got one of kind node");
    }

    @ParameterizedTest
    @CsvSource({"overseer, node, overseer", "node, overseer, node", "node-a, overseer, node"})
    void stopAndStatus_folderOfAnotherKindThatDoesNotRun_areRefused(String server, String asked, String kind)
            throws IOException {
        Path configuration = Files.createDirectories(new ServerLayout(server, folder).configuration());
        Files.createFile(configuration.resolve("bootstrap.properties"));

        for (String command : List.of("stop", "status")) {
            assertThat(run(Enclave.commandLine(), asked, command, "--state", "" + folder))
                    .isEqualTo(ExitCode.USAGE);
        }
        assertThat(err.toString())
                .contains("--state: expected the folder of a server of kind " + asked + ", got one of kind " + kind
                        + " in " + folder);
    }

    @Test
    void overseerRun_addressOfAnotherMachine_namesListenAndNotThePorts() {
        assertThat(run(
                        Enclave.commandLine(),
                        "overseer",
                        "run",
                        "--simulation",
                        "--state",
                        "" + folder.resolve("S"),
                        "--listen=192.0.2.1"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .contains("--listen: expected an address of this machine, got 192.0.2.1")
                .doesNotContain("port:");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void stop_running_endsTheProcessAndForgetsIt() throws IOException {
        Process child = new ProcessBuilder("cat").start();
        PidFile.of("node", child.toHandle(), URI.create("http://127.0.0.1:1/health/ready"))
                .write(folder);

        assertThat(run(Enclave.commandLine(), "node", "stop", "--state", "" + folder))
                .isEqualTo(ExitCode.OK);
        assertThat(child.isAlive()).isFalse();
        assertThat(PidFile.read(folder)).isEmpty();
        assertThat(run(Enclave.commandLine(), "node", "status", "--state", "" + folder))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).contains("stopped, pid " + child.pid()).contains("node: not running");
    }

    @Test
    void status_nodeThatWasRefused_saysWhereItStands() throws IOException {
        byte[] health =
                "{\"status\":\"DOWN\",\"checks\":[{\"name\":\"ledger\",\"status\":\"UP\"},{\"name\":\"enrolment\",\"status\":\"DOWN\",\"data\":{\"standing\":\"REFUSED\"}}]}"
                        .getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(503, health.length);
            exchange.getResponseBody().write(health);
            exchange.close();
        });
        server.start();
        try {
            URI readiness = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/health/ready");
            PidFile.of("node", ProcessHandle.current(), readiness).write(folder);

            assertThat(run(Enclave.commandLine(), "node", "status", "--state", "" + folder))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(out.toString()).contains("node: running, not ready (REFUSED, its log says why), pid ");
        } finally {
            server.stop(0);
        }
    }

    private int run(CommandLine commandLine, String... args) {
        commandLine.setErr(new PrintWriter(err, true));
        commandLine.setOut(new PrintWriter(out, true));
        return commandLine.execute(args);
    }
}
