package ai.coreason.enclave.node.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.collateral.TrustSources;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteFileTest {
    private static final String DIGEST = "ab".repeat(32);

    @TempDir
    Path folder;

    @Test
    void read_simulatedSite_resolvesPathsAgainstItsFolder() throws Exception {
        Path file = Files.write(folder.resolve("site.json"), Json.write(site()));

        SiteFile site = SiteFile.read(file);

        assertThat(site.nodeId()).isEqualTo("node_a");
        assertThat(site.overseer()).isEqualTo(URI.create("https://127.0.0.1:9444"));
        assertThat(site.caFile()).isEqualTo(folder.resolve("ca.pem"));
        assertThat(site.tokenFile()).isEqualTo(folder.resolve("run/token"));
        assertThat(site.dataPackage()).isEqualTo(Path.of("/data/datapackage.json"));
        assertThat(site.resources()).containsExactly("node_a");
        assertThat(site.simulation()).isTrue();
        assertThat(site.evidenceKey()).contains(folder.resolve("evidence.pem"));
    }

    @Test
    void parse_withoutSimulation_isProduction() {
        ObjectNode json = site();
        json.remove("simulation");

        assertThat(SiteFile.parse(json, folder).simulation()).isFalse();
    }

    @Test
    void parse_gpuByCommand_keepsItsWords() {
        ObjectNode json = site();
        json.remove("simulation");
        json.set("gpu_evidence", Json.read("{\"command\": [\"/opt/tool\", \"--nonce={nonce}\"]}"));

        assertThat(SiteFile.parse(json, folder).gpuEvidence())
                .contains(new GpuInterface.Command(List.of("/opt/tool", "--nonce={nonce}")));
    }

    @Test
    void parse_gpuByFolder_resolvesItAgainstTheFilesFolder() {
        ObjectNode json = site();
        json.remove("simulation");
        json.putObject("gpu_evidence").put("folder", "gpu");

        assertThat(SiteFile.parse(json, folder).gpuEvidence()).contains(new GpuInterface.Folder(folder.resolve("gpu")));
    }

    @Test
    void parse_overseerEvidence_resolvesPathsAgainstTheFilesFolder() {
        ObjectNode json = site();
        json.remove("simulation");
        json.putObject("overseer_evidence")
                .put("policy", "overseer.json")
                .put("anchors", "roots")
                .put("kds", "https://kds.example");

        assertThat(SiteFile.parse(json, folder).overseerEvidence())
                .contains(new OverseerDemand(
                        folder.resolve("overseer.json"),
                        new TrustSources(
                                Optional.of(folder.resolve("roots")),
                                Optional.empty(),
                                Optional.of(URI.create("https://kds.example")),
                                Optional.empty(),
                                Optional.empty())));
    }

    @Test
    void parse_fingerprints_resolvesTheFolderAgainstTheFiles() {
        assertThat(SiteFile.parse(site(), folder).fingerprints()).isEmpty();
        assertThat(SiteFile.parse(site().put("fingerprints", "../shared"), folder.resolve("a"))
                        .fingerprints())
                .contains(folder.resolve("shared"));
    }

    @Test
    void parse_approveAny_approvesEveryJob() {
        assertThat(SiteFile.parse(site(), folder).policy().approves(DIGEST)).isTrue();
    }

    @Test
    void parse_approveList_approvesTheListedJobsOnly() {
        ObjectNode json = site();
        json.putArray("approve").add(DIGEST);

        SitePolicy policy = SiteFile.parse(json, folder).policy();

        assertThat(policy.approves(DIGEST)).isTrue();
        assertThat(policy.approves("cd".repeat(32))).isFalse();
    }

    @Test
    void parse_approveEmptyList_approvesNothing() {
        ObjectNode json = site();
        json.putArray("approve");

        assertThat(SiteFile.parse(json, folder).policy().approves(DIGEST)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node_id     | \"../x\"                        | node_id: expected 1 to 64 of A-Z a-z 0-9 . _ -",
                "overseer    | \"http://127.0.0.1:1\"          | overseer: expected https://host:port",
                "overseer    | \"https://127.0.0.1:1/api\"     | overseer: expected https://host:port",
                "overseer    | \"https://u:p@127.0.0.1\"       | overseer: expected https://host:port",
                "token_file  | 7                               | token_file: expected the path of a file, got 7",
                "resources   | []                              | resources: expected one or more names, each once, got []",
                "resources   | [\"a\",\"a\"]                   | resources: expected one or more names, each once",
                "approve     | \"all\"                         | approve: expected \"any\" or an array of job digests",
                "approve     | [\"AB\"]                        | approve[0]: expected 64 lower-case hex digits, got \"AB\"",
                "simulation  | {\"evidence_key\":\"k\",\"x\":1} | simulation.x: unknown member",
                "gpu_evidence | {}                             | gpu_evidence.command: expected either this or folder, got",
                "gpu_evidence | {\"command\":[\"/a\",\"{nonce}\"],\"folder\":\"b\"} | gpu_evidence.command: expected either",
                "gpu_evidence | {\"command\":[]}               | gpu_evidence.command: expected a program's absolute path",
                "gpu_evidence | {\"command\":[\"a\",\"{nonce}\"]} | gpu_evidence.command: expected a program's absolute path",
                "gpu_evidence | {\"command\":[\"/a\",\"nonce\"]} | gpu_evidence.command: expected a program's absolute path",
                "gpu_evidence | {\"folder\":\"b\",\"x\":1}      | gpu_evidence.x: unknown member",
                "gpu_evidence | {\"folder\":\"b\"}              | gpu_evidence: not allowed beside simulation",
                "overseer_evidence | {}                        | overseer_evidence.policy: expected the path of a file, got",
                "overseer_evidence | {\"policy\":\"p\",\"x\":1} | overseer_evidence.x: unknown member",
                "overseer_evidence | {\"policy\":\"p\",\"kds\":\"http://a\"} | overseer_evidence.kds: expected https://host",
                "overseer_evidence | {\"policy\":\"p\",\"pcs\":\"https://u@a\"} | overseer_evidence.pcs: expected https://host",
                "overseer_evidence | {\"policy\":\"p\"}         | overseer_evidence: not allowed beside simulation",
                "fingerprints | \" \"                         | fingerprints: expected the path of a folder, got",
                "fingerprints | \"a\\u0000b\"                 | fingerprints: expected the path of a folder",
                "fingerprints | {\"folder\":\"a\"}            | fingerprints: expected the path of a folder, got an object",
                "fingerprints | [\"a\"]                       | fingerprints: expected the path of a folder, got an array",
                "fingerprints | true                          | fingerprints: expected the path of a folder, got true",
                "epsilon     | 9                               | epsilon: unknown member"
            })
    void parse_wrongMember_isRefusedByName(String member, String value, String message) {
        ObjectNode json = site();
        json.set(member, Json.read(value));

        assertThatThrownBy(() -> SiteFile.parse(json, folder))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource({"node_id", "overseer", "ca_file", "token_file", "data_package", "resources", "approve"})
    void parse_withoutMember_isRefusedByName(String member) {
        ObjectNode json = site();
        json.remove(member);

        assertThatThrownBy(() -> SiteFile.parse(json, folder))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(member + ": expected ")
                .hasMessageEndingWith("got nothing");
    }

    private static ObjectNode site() {
        return (ObjectNode) Json.read("""
                {"node_id": "node_a", "overseer": "https://127.0.0.1:9444", "ca_file": "ca.pem",
                 "token_file": "run/token", "data_package": "/data/datapackage.json", "resources": ["node_a"],
                 "approve": "any", "simulation": {"evidence_key": "evidence.pem"}}
                """);
    }
}
