package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.server.FreePorts;
import ai.coreason.enclave.sentry.attestation.guest.FakeTsm;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A node server whose kernel seems to run on a {@link FakeMachine}, and which demands as much of its Overseer. */
final class AttestedNode implements AutoCloseable {
    private final String id;
    private final Path folder;
    private final FakeTsm tsm;
    private final List<String> run;
    private Process command;

    /** @param overseerPolicy what the site demands of the Overseer's hardware */
    AttestedNode(String id, FakeMachine machine, ObjectNode overseerPolicy) throws Exception {
        this.id = id;
        this.folder = Files.createDirectories(TestOverseer.folder().resolve(id));
        Path reports = Files.createDirectories(folder.resolve("tsm"));
        tsm = machine.kernel(reports);
        writeRecords();
        run = List.of(
                "run",
                "--site",
                writeSite(overseerPolicy).toString(),
                "--tsm",
                reports.toString(),
                "--http-port",
                String.valueOf(FreePorts.find(1).get(0)));
    }

    /** Starts it, to go on by itself once it has enrolled. */
    AttestedNode detached() throws IOException {
        List<String> arguments = new ArrayList<>(run);
        arguments.add("--detach");
        command = enclave(arguments);
        return this;
    }

    /** Waits until it has enrolled. */
    void awaitEnrolled() throws IOException {
        assertThat(command.onExit().join().exitValue()).as(log()).isZero();
    }

    /** Starts it; it ends with {@link #close}. */
    AttestedNode attached() throws IOException {
        command = enclave(run);
        return this;
    }

    /** What the server has logged so far. */
    String messages() throws IOException {
        Path log = folder.resolve("state/logs/messages.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** The tokens that the node has in store. */
    String tokens() throws IOException {
        return Files.readString(folder.resolve("token"));
    }

    /** The last words of the server and its command. */
    String log() throws IOException {
        return Files.readString(folder.resolve("command.log"));
    }

    private void writeRecords() throws IOException {
        StringBuilder csv = new StringBuilder("age,outcome\n");
        for (int i = 0; i < 1000; i++) {
            csv.append(i % 100).append(',').append(i % 100 < 50 ? 0 : 1).append('\n');
        }
        Files.writeString(folder.resolve("records.csv"), csv);
        Files.writeString(folder.resolve("datapackage.json"), """
                {"name": "records", "resources": [{"name": "records", "path": "records.csv", "format": "csv",
                 "schema": {"fields": [
                   {"name": "age", "type": "number", "constraints": {"required": true, "minimum": 0, "maximum": 120}},
                   {"name": "outcome", "type": "integer", "constraints": {"required": true, "enum": [0, 1]}}]},
                 "coreason": {"data_owner": "owner_%s", "dataset_id": "%s", "privacy_unit": "record",
                              "declared_rows": 1000, "delta": 0.00001, "epsilon_ceiling": 5.0}}]}
                """.formatted(id, TestJobs.DATASET));
    }

    private Path writeSite(ObjectNode overseerPolicy) throws Exception {
        String token = TestOverseer.post("operator", "/enrolment-tokens", TestNode.tokenRequest(id))
                .ok()
                .json()
                .get("token")
                .asText();
        Files.writeString(folder.resolve("token"), token);
        ObjectNode site = Json.object()
                .put("node_id", id)
                .put("overseer", "https://127.0.0.1:" + TestOverseer.nodePort())
                .put("ca_file", TestOverseer.file("ca.pem").toString())
                .put("token_file", "token")
                .put("data_package", "datapackage.json")
                .put("approve", "any");
        site.putArray("resources").add("records");
        Files.write(folder.resolve("overseer-policy.json"), Json.write(overseerPolicy));
        site.putObject("overseer_evidence")
                .put("policy", "overseer-policy.json")
                .put("anchors", TestOverseer.file("anchors").toString());
        return Files.write(folder.resolve("site.json"), Json.write(site));
    }

    private Process enclave(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("enclave.home"), "liberty-config/bin/enclave")
                        .toString(),
                "node"));
        command.addAll(arguments);
        command.addAll(List.of("--state", folder.resolve("state").toString()));
        return TestOverseer.oneCompiler(new ProcessBuilder(command))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("command.log").toFile())
                .start();
    }

    @Override
    public void close() throws IOException {
        command.destroy();
        command.onExit().join();
        enclave(List.of("stop")).onExit().join();
        tsm.close();
    }
}
