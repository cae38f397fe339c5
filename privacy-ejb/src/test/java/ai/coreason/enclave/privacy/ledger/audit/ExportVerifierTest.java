package ai.coreason.enclave.privacy.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportVerifierTest {
    @TempDir
    private static Path folder;

    private static SampleLedger ledger;

    @BeforeAll
    static void open() {
        ledger = new SampleLedger(folder);
    }

    @AfterAll
    static void close() {
        ledger.close();
    }

    private static ObjectNode export() {
        LedgerExport export = new LedgerExport(SampleLedger.TIME, ledger.authority());
        export.add("node_va", SampleLedger.HEART, ledger.rows(), ledger.signers());
        return export.signed(ledger.seal());
    }

    private static Verdict verify(ObjectNode export, JsonNode... heads) {
        return ExportVerifier.verify(
                ExportVerifier.read(Json.read(Json.write(export))),
                Optional.of(List.of(ledger.authority())),
                List.of(heads));
    }

    /** A forger who signs what was changed as the Overseer would: only the rows themselves can give it away. */
    private static Verdict changed(Consumer<ObjectNode> change) {
        ObjectNode export = export();
        change.accept(export);
        export.remove("signature");
        return verify(ledger.resign(export));
    }

    private static ObjectNode row(ObjectNode export, int index) {
        return (ObjectNode) export.path("rows").get(index);
    }

    private static void assertFault(Verdict verdict, String fault) {
        assertThat(verdict.holds()).isFalse();
        assertThat(verdict.datasets().get(0).faults())
                .as(verdict.toString())
                .anySatisfy(f -> assertThat(f).contains(fault));
    }

    @Test
    void verify_wholeExport_holdsAndTellsTheFigures() {
        Verdict verdict = verify(export());

        assertThat(verdict.faults()).isEmpty();
        assertThat(verdict.pinned()).isTrue();
        assertThat(verdict.datasets()).singleElement().satisfies(d -> {
            assertThat(d.faults()).isEmpty();
            assertThat(d.rows()).isEqualTo(4);
            assertThat(d.epsilon()).hasValue(ledger.rows().get(3).spending().epsilonAfter());
            assertThat(d.jobs()).hasSize(2);
        });
        assertThat(verdict.json().path("verdict").asText()).isEqualTo("VALID");
    }

    @Test
    void verify_withoutAuthority_holdsAndSaysThatItBelievedTheExport() {
        Verdict verdict = ExportVerifier.verify(ExportVerifier.read(export()), Optional.empty(), List.of());

        assertThat(verdict.holds()).isTrue();
        assertThat(verdict.pinned()).isFalse();
    }

    @Test
    void verify_memberChangedAfterwards_breaksTheOverseersSignature() {
        ObjectNode export = export();
        export.put("time", "2026-11-25T00:00:00Z");

        assertThat(verify(export).faults()).singleElement().asString().contains("signature");
    }

    @Test
    void verify_otherFederation_isRefused() {
        Verdict verdict = ExportVerifier.verify(
                ExportVerifier.read(export()), Optional.of(List.of(SampleLedger.anotherAuthority())), List.of());

        assertThat(verdict.faults()).hasSize(2);
        assertThat(verdict.faults().get(0)).contains("signer");
        assertThat(verdict.faults().get(1)).startsWith("ca: expected an authority that was given");
        assertFault(verdict, "no known certificate");
    }

    @Test
    void verify_rowChanged_isFoundByItsHash() {
        assertFault(changed(e -> row(e, 1).put("steps", 1)), "ROW_CHANGED: row 2 has the hash");
    }

    @Test
    void verify_rowChangedAndHashedAnew_isFoundByItsSignature() {
        assertFault(
                changed(e -> SampleLedger.hashAnew(row(e, 3).put("job_limit", 4))),
                "ROW_CHANGED: row 4 is not signed by");
    }

    @Test
    void verify_lastRowDeleted_isFoundByTheHead() {
        assertFault(changed(e -> ((ArrayNode) e.path("rows")).remove(3)), "ROW_MISSING: the export names row 4");
    }

    @Test
    void verify_middleRowDeleted_isFound() {
        assertFault(changed(e -> ((ArrayNode) e.path("rows")).remove(1)), "ROW_MISSING: expected row 2, got row 3");
    }

    @Test
    void verify_certificateMissing_isFound() {
        assertFault(changed(e -> ((ObjectNode) e.path("certificates")).removeAll()), "no known certificate");
    }

    @Test
    void verify_nodeThatSignedAFalseFigure_isFoundByRecomputation() {
        assertFault(
                changed(e -> ledger.sign(row(e, 3).put("epsilon_after", 0.01))),
                "FIGURE: row 4: epsilon_after: expected");
        assertFault(
                changed(e -> ledger.sign(row(e, 3).put("job_epsilon_after", 0.01))),
                "FIGURE: row 4: job_epsilon_after: expected");
        assertFault(changed(e -> ledger.sign(row(e, 3).put("filter_spent_after", 0.0))), "filter_spent_after");
    }

    @Test
    void verify_nodeThatPassedItsLimit_isFound() {
        assertFault(
                changed(e -> ledger.sign(row(e, 3).put("job_limit", 0.01))), "LIMIT: row 4 exceeds the job's limit");
    }

    @Test
    void verify_termsThatNoJobHas_areFound() {
        assertFault(
                changed(e -> ledger.sign(row(e, 3).put("job_limit", 400.0))),
                "LIMIT: row 4 states a job_limit of 400.0, and no job's is above 5.0");
        assertFault(
                changed(e -> ledger.sign(row(e, 3).put("job_delta", 0.3))),
                "LIMIT: row 4 states a job_delta of 0.3, above the dataset's of 0.001");
    }

    @Test
    void verify_rowsOfOneJobWithDifferingLimits_areFound() {
        assertThat(changed(e -> ledger.sign(row(e, 2).put("job_limit", 4.0))).faults())
                .anySatisfy(f -> assertThat(f)
                        .startsWith("TERMS: row 3 of dataset heart of node_va: expected the job's job_limit 3.0 and"));
    }

    @Test
    void verify_rowsOfAnUnlistedDataset_areFound() {
        Verdict verdict = changed(e -> ((ArrayNode) e.path("datasets")).removeAll());

        assertThat(verdict.faults()).contains("4 rows belong to no dataset of the export");
    }

    @Test
    void verify_countersignedHeadOnTheChain_holds() {
        Verdict verdict = verify(export(), ledger.head(3, ledger.rows().get(2).hash()));

        assertThat(verdict.holds()).isTrue();
        assertThat(verdict.datasets().get(0).notes()).singleElement().asString().contains("row 3; 1 rows follow it");
    }

    @Test
    void verify_countersignedHeadAhead_isARollback() {
        assertFault(verify(export(), ledger.head(5, "a".repeat(64))), "ROLLED_BACK: row 5 was countersigned");
    }

    @Test
    void verify_countersignedHeadOfAnotherRow_isAFork() {
        assertFault(verify(export(), ledger.head(4, "a".repeat(64))), "FORKED: row 4 was countersigned");
    }

    @Test
    void verify_headThatNobodySigned_isAFault() {
        ObjectNode head = ledger.head(4, "a".repeat(64)).put("sequence", 3);

        assertThat(verify(export(), head).faults()).singleElement().asString().contains("signature");
    }

    @Test
    void export_dpEvent_isTheCompositionByClassAndAttribute() {
        JsonNode event = export().path("datasets").get(0).path("dp_event");

        assertThat(event.path("class_name").asText()).isEqualTo("ComposedDpEvent");
        JsonNode first = event.path("events").get(0);
        assertThat(first.path("class_name").asText()).isEqualTo("SelfComposedDpEvent");
        assertThat(first.path("count").asLong()).isEqualTo(15);
        assertThat(first.path("event").path("class_name").asText()).isEqualTo("PoissonSampledDpEvent");
        assertThat(first.path("event").path("sampling_probability").asDouble()).isEqualTo(16.0 / 85);
        assertThat(first.path("event").path("event").path("class_name").asText())
                .isEqualTo("GaussianDpEvent");
        assertThat(first.path("event").path("event").path("noise_multiplier").asDouble())
                .isEqualTo(3.0);
    }

    @Test
    void read_notAnExport_isRefusedByName() {
        assertThatThrownBy(() -> ExportVerifier.read(Json.object())).hasMessageContaining("format");
    }
}
