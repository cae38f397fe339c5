package ai.coreason.enclave.sentry.attestation.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrustPolicyTest {
    @ParameterizedTest
    @CsvSource({"{}, at least one of", "[], expected an object", "{\"amd\": {}}, amd"})
    void parse_notAPolicy_isRefusedByName(String json, String message) {
        assertThatThrownBy(() -> TrustPolicy.parse(Json.read(json)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining(message);
    }

    @TempDir
    private Path folder;

    @Test
    void builtInRoots_areSix() {
        assertThat(Anchors.builtIn().roots()).hasSize(6);
    }

    /** Every vector by both verdicts, through the one door; the confusion table is printed by kind. */
    @Test
    void appraise_everyVector_agreesWithTheOracle() throws IOException {
        Path vectors = SharedData.file("vectors/attestation");
        Map<String, Integer> table = new TreeMap<>();
        for (EvidenceKind kind : EvidenceKind.values()) {
            Anchors anchors = kind == EvidenceKind.SNP_SYNTHETIC
                    ? Anchors.of(vectors.resolve("trust/synthetic-amd"))
                    : Anchors.builtIn();
            for (Path folder : folders(vectors.resolve(kind.wire()))) {
                JsonNode oracle = Json.read(Files.readAllBytes(folder.resolve("expected.json")));
                Instant at = Instant.parse(oracle.get("verify_at").asText());
                for (boolean strict : new boolean[] {false, true}) {
                    Optional<TrustPolicy> policy = strict ? Optional.of(TrustPolicy.strict()) : Optional.empty();
                    Result came = kind.appraise(folder, anchors, at, policy).result();
                    String wanted = oracle.get(strict ? "strict_policy_verdict" : "verdict")
                            .asText()
                            .split(":")[0];
                    table.merge(
                            kind.wire() + (strict ? " strict" : " genuine") + ": " + wanted + " judged " + came,
                            1,
                            Integer::sum);
                    assertThat(came.name())
                            .as(folder + (strict ? " strict" : ""))
                            .isEqualTo(wanted);
                }
            }
        }
        table.forEach((row, count) -> System.out.println(row + " " + count));
        assertThat(table.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(2 * 143);
    }

    /** Whatever fails, a folder has an answer, and one without its main file is unjudged, whatever its kind. */
    @ParameterizedTest
    @EnumSource(EvidenceKind.class)
    void appraise_folderThatHoldsNothing_isUnjudgedForEveryKind(EvidenceKind kind) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        for (Path one : List.of(file, empty, folder.resolve("none"))) {
            for (Optional<TrustPolicy> policy :
                    List.of(Optional.<TrustPolicy>empty(), Optional.of(TrustPolicy.strict()))) {
                Appraisal appraisal = kind.appraise(one, Anchors.builtIn(), Instant.EPOCH, policy);
                assertThat(appraisal.result()).as(one + " " + policy).isEqualTo(Result.UNJUDGED);
                assertThat(appraisal.reasons())
                        .singleElement()
                        .satisfies(r -> assertThat(r.expected())
                                .containsAnyOf("a file", "a folder that can be read", "a manifest"));
            }
        }
    }

    @Test
    void appraise_listsOfIntelInPemOrHex_areReadAsDer() throws IOException {
        for (String name : List.of("tdx-crl-pem", "tdx-rootcrl-hex")) {
            Path evidence = SharedData.file("cases/tdx-crl-pem-hex").resolve(name);
            Appraisal appraisal = EvidenceKind.TDX.appraise(
                    evidence,
                    Anchors.builtIn(),
                    Instant.parse("2025-07-01T00:00:00Z"),
                    Optional.of(TrustPolicy.strict()));
            assertThat(appraisal.reasons()).isEmpty();
            assertThat(appraisal.result()).isEqualTo(Result.VALID);
            assertThat(appraisal.unused()).containsExactly("expected.json");
        }
    }

    @Test
    void appraise_listOfAmdInPem_revokesAsInDer() throws IOException {
        Anchors anchors = Anchors.of(SharedData.file("vectors/attestation/trust/synthetic-amd"));
        for (String name : List.of("folder", "folder-der-control")) {
            Path evidence = SharedData.file("cases/snp-crl-pem-ignored").resolve(name);
            Instant at = Instant.parse(Json.read(Files.readAllBytes(evidence.resolve("expected.json")))
                    .path("verify_at")
                    .asText("2026-03-01T00:00:00Z"));
            Appraisal appraisal =
                    EvidenceKind.SNP_SYNTHETIC.appraise(evidence, anchors, at, Optional.of(TrustPolicy.strict()));
            assertThat(appraisal.result()).as(name).isEqualTo(Result.INVALID);
            assertThat(appraisal.reasons()).as(name).anyMatch(r -> r.rule().equals("chain.issuer.revocation"));
        }
    }

    @Test
    void appraise_kindThatThePolicyHasNoPartFor_isRefused() throws IOException {
        Path good = SharedData.file("vectors/attestation").resolve("snp/milan-v2-coco");
        TrustPolicy gpusOnly = new TrustPolicy(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(NvidiaPolicy.strict()));

        var appraisal = EvidenceKind.SNP.appraise(
                good, Anchors.builtIn(), Instant.parse("2026-03-01T00:00:00Z"), Optional.of(gpusOnly));

        assertThat(appraisal.result()).isEqualTo(Result.INVALID);
        assertThat(appraisal.reasons())
                .singleElement()
                .hasToString("kind: expected hardware that the policy has a part for, got snp");
    }

    private static List<Path> folders(Path kind) throws IOException {
        try (Stream<Path> listed = Files.list(kind)) {
            return listed.filter(Files::isDirectory).sorted().toList();
        }
    }
}
