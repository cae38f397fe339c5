package ai.coreason.enclave.web.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.overseer.enrolment.LedgerKey;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.privacy.ledger.audit.ExportVerifier;
import ai.coreason.enclave.web.rest.Rest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Rest.class)
class LedgerResourceTest {
    @TempDir
    private Path folder;

    private LedgerKey key;
    private LedgerResource resource;

    private static DatasetAccount registered(String node, String datasetId) {
        return new DatasetAccount() {
            @Override
            public Dataset dataset() {
                return new Dataset("owner", datasetId, PrivacyUnit.RECORD, 85, 1e-3, 5.0, false);
            }

            @Override
            public String source() {
                return node;
            }
        };
    }

    @BeforeEach
    void open() {
        FederationCa.open(folder.resolve("ca"));
        key = new LedgerKey(folder.toString());
        resource = new LedgerResource(
                new LedgerMirror() {
                    @Override
                    public List<DatasetAccount> accounts() {
                        return List.of(
                                registered("node_a", "heart"),
                                registered("node_a", "lung"),
                                registered("node_b", "heart"));
                    }

                    @Override
                    public List<ChargeRow> rows(String nodeId, String datasetId) {
                        return List.of();
                    }

                    @Override
                    public Map<String, X509Certificate> signers(List<ChargeRow> rows) {
                        return Map.of();
                    }
                },
                key);
    }

    private List<String> exported(String dataset, String node) {
        List<String> out = new ArrayList<>();
        ((ObjectNode) resource.export(dataset, node, "json").getEntity())
                .get("datasets")
                .forEach(d -> out.add(
                        d.get("node_id").asText() + " " + d.get("dataset_id").asText()));
        return out;
    }

    @Test
    void export_asked_isWhatWasAskedFor() {
        assertThat(exported("", "")).containsExactly("node_a heart", "node_a lung", "node_b heart");
        assertThat(exported("heart", "")).containsExactly("node_a heart", "node_b heart");
        assertThat(exported("", "node_a")).containsExactly("node_a heart", "node_a lung");
        assertThat(exported("heart", "node_b")).containsExactly("node_b heart");
    }

    @Test
    void export_json_isSignedSoThatAnAuditorCanTell() {
        ObjectNode export = (ObjectNode) resource.export("", "", "json").getEntity();

        assertThat(faults(export)).isEmpty();
        export.put("time", "2026-01-01T00:00:00Z");
        assertThat(faults(export)).singleElement().asString().startsWith("the export: ");
    }

    private List<String> faults(ObjectNode export) {
        return ExportVerifier.verify(ExportVerifier.read(export), Optional.of(List.of(key.authority())), List.of())
                .faults();
    }

    /** An export without what was asked for would verify all the same, and its reader would take it for a ledger without charges. */
    @Test
    void export_nameThatNoneHas_isRefusedByName() {
        assertThatThrownBy(() -> resource.export("hart", "", "json"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("dataset: expected a dataset that is registered, got hart");
        assertThatThrownBy(() -> resource.export("", "node_c", "csv"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("node: expected a node that registered one, got node_c");
        assertThatThrownBy(() -> resource.export("lung", "node_b", "json"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("node: expected a node that registered lung, got node_b");
    }

    @Test
    void export_csv_isText() {
        assertThat(resource.export("", "", "csv").getHeaderString("Content-Type"))
                .isEqualTo("text/csv;charset=UTF-8");
        assertThat(resource.export("", "", "csv").getEntity()).isEqualTo("");
    }

    @Test
    void export_unknownFormat_isRefusedByName() {
        assertThatThrownBy(() -> resource.export("", "", "xml"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("format: expected json or csv, got xml");
    }
}
