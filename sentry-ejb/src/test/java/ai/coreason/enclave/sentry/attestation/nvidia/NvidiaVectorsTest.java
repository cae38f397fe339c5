package ai.coreason.enclave.sentry.attestation.nvidia;

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
import org.junit.jupiter.params.provider.ValueSource;

class NvidiaVectorsTest {
    private static final Anchors ANCHORS = Anchors.builtIn();

    @ParameterizedTest
    @ValueSource(strings = {"nvidia", "nvidia-rim"})
    void appraise_eachVector_hasTheVerdictsOfTheOracle(String kind) throws Exception {
        Map<String, Integer> confusion = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (Path folder : folders(kind)) {
            JsonNode expected = Json.read(Files.readAllBytes(folder.resolve("expected.json")));
            for (String rule : List.of("verdict", "strict_policy_verdict")) {
                Appraisal came = appraise(folder, kind, expected, rule);
                String word = expected.get(rule).textValue().replaceAll(":.*", "");
                confusion.merge(kind + " " + rule + ": " + word + " judged " + came.result(), 1, Integer::sum);
                if (!word.equals(came.result().name())) {
                    wrong.add(folder.getFileName() + " " + rule + " " + came);
                }
            }
        }
        confusion.forEach((cell, count) -> System.out.println(cell + " = " + count));
        assertThat(wrong).isEmpty();
        assertThat(confusion).hasSizeGreaterThan(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nvidia"})
    void appraise_validVectors_claimWhatTheOracleReads(String kind) throws Exception {
        int compared = 0;
        for (Path folder : folders(kind)) {
            JsonNode expected = Json.read(Files.readAllBytes(folder.resolve("expected.json")));
            if (expected.has("claims")) {
                Appraisal came = appraise(folder, kind, expected, "verdict");
                assertThat("sha384(all)=" + came.claims().measurement())
                        .isEqualTo(expected.get("measurement").textValue());
                assertThat(came.claims().reportData())
                        .isEqualTo(expected.at("/claims/nonce").textValue());
                assertThat(expected.at("/claims/leaf").textValue())
                        .startsWith(came.claims().product() + " ");
                compared++;
            }
        }
        assertThat(compared).isPositive();
    }

    private static Appraisal appraise(Path folder, String kind, JsonNode expected, String rule) throws IOException {
        Instant at = Instant.parse(expected.get("verify_at").textValue());
        Optional<NvidiaPolicy> policy =
                rule.startsWith("strict") ? Optional.of(NvidiaPolicy.strict()) : Optional.empty();
        return NvidiaFolder.appraise(folder, kind, ANCHORS, at, policy);
    }

    private static List<Path> folders(String kind) throws IOException {
        try (Stream<Path> all = Files.list(SharedData.file("vectors/attestation/" + kind))) {
            return all.filter(Files::isDirectory).sorted().toList();
        }
    }
}
