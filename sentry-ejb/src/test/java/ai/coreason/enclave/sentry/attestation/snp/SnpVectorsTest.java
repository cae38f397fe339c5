package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every vector of the acceptance data, authenticity and strict verdict, against its oracle. */
class SnpVectorsTest {
    private static final Path VECTORS = Path.of("vectors", "attestation");

    @ParameterizedTest
    @CsvSource({"snp, false", "snp, true", "snp-synthetic, false", "snp-synthetic, true"})
    void appraise_everyVector_isWhatItsOracleSays(String kind, boolean strict) throws Exception {
        judgeAll(kind, strict);
    }

    @ParameterizedTest
    @CsvSource({"snp-configfs-tsm, false", "snp-configfs-tsm, true", "snp-azure-vtpm, false", "snp-azure-vtpm, true"})
    void appraise_everyEnvelope_isWhatItsOracleSays(String kind, boolean strict) throws Exception {
        judgeAll(kind, strict);
    }

    private static void judgeAll(String kind, boolean strict) throws IOException {
        Path folder = SharedData.file(VECTORS.resolve(kind).toString());
        Map<String, Integer> confusion = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (Path vector : vectors(folder)) {
            JsonNode oracle = Json.read(Files.readAllBytes(vector.resolve("expected.json")));
            String expected = oracle.get(strict ? "strict_policy_verdict" : "verdict")
                    .asText()
                    .split(":")[0];
            Appraisal appraisal = appraise(vector, kind, oracle, strict);
            confusion.merge(expected + " -> " + appraisal.result(), 1, Integer::sum);
            if (!expected.equals(appraisal.result().name())) {
                wrong.add(vector.getFileName() + ": " + expected + ", got " + appraisal.reasons());
            }
            if (expected.equals("VALID") && oracle.has("measurement")) {
                assertThat(appraisal.claims().measurement())
                        .isEqualTo(oracle.get("measurement").asText());
            }
        }
        System.out.println("confusion " + kind + (strict ? " strict " : " crypto ") + confusion);
        assertThat(wrong).isEmpty();
    }

    private static List<Path> vectors(Path folder) throws IOException {
        try (Stream<Path> listed = Files.list(folder)) {
            return listed.sorted().toList();
        }
    }

    private static Appraisal appraise(Path vector, String kind, JsonNode oracle, boolean strict) throws IOException {
        Anchors anchors = kind.equals("snp-synthetic")
                ? Anchors.of(SharedData.file(
                        VECTORS.resolve("trust").resolve("synthetic-amd").toString()))
                : Anchors.builtIn();
        Optional<SnpPolicy> policy = strict ? Optional.of(SnpPolicy.strict()) : Optional.empty();
        return SnpFolder.appraise(
                vector, kind, anchors, Instant.parse(oracle.get("verify_at").asText()), policy);
    }
}
