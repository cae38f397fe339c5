package ai.coreason.enclave.sentry.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.intel.IntelVectors.Vector;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntelVectorsTest {
    private static final Anchors ANCHORS = Anchors.builtIn();

    @ParameterizedTest
    @ValueSource(strings = {"tdx", "sgx"})
    void appraise_everyVector_agreesWithTheOracle(String kind) throws Exception {
        Map<String, Integer> confusion = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        List<Vector> vectors = IntelVectors.all(kind);
        assertThat(vectors).isNotEmpty();
        for (Vector vector : vectors) {
            Appraisal genuine = IntelFolder.appraise(vector.folder(), kind, ANCHORS, vector.at(), Optional.empty());
            Appraisal strict = IntelFolder.appraise(
                    vector.folder(), kind, ANCHORS, vector.at(), Optional.of(vector.strictPolicy()));
            confusion.merge("genuine expected " + vector.verdict() + " got " + genuine.result(), 1, Integer::sum);
            confusion.merge("strict  expected " + vector.strict() + " got " + strict.result(), 1, Integer::sum);
            if (genuine.result() != vector.verdict() || strict.result() != vector.strict()) {
                wrong.add(vector.name() + " " + genuine.reasons() + " " + strict.reasons());
            }
            System.out.println(vector.name() + " " + names(genuine) + " " + names(strict));
        }
        confusion.forEach((row, count) -> System.out.println(kind + " " + row + ": " + count));
        assertThat(wrong).isEmpty();
    }

    /** Altered quotes come without collateral; with that of the quote they were made from they are refused as well. */
    @ParameterizedTest
    @ValueSource(strings = {"tdx", "sgx"})
    void appraise_alteredQuoteBesideGenuineCollateral_isRefused(String kind) throws Exception {
        int count = 0;
        for (Vector vector : IntelVectors.all(kind)) {
            String what = vector.expected().path("what").asText();
            if (!what.contains("(use that vector's collateral)")) {
                continue;
            }
            String of = what.replaceAll(".* of [a-z]+/([^ ]+) .*", "$1");
            Collateral collateral = IntelVectors.read(kind, of).collateral();
            Appraisal appraisal = QuoteVerifier.appraise(
                    TeeType.ofKind(kind), vector.quote(), collateral, ANCHORS, vector.at(), Optional.empty());
            assertThat(appraisal.result()).as(vector.name()).isEqualTo(Result.INVALID);
            count++;
        }
        assertThat(count).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tdx", "sgx"})
    void appraise_everyGenuineVector_tellsItsClaims(String kind) throws Exception {
        for (Vector vector : IntelVectors.all(kind)) {
            JsonNode claims = vector.expected().path("claims");
            if (claims.isMissingNode()) {
                continue;
            }
            Appraisal.Claims told = IntelFolder.appraise(vector.folder(), kind, ANCHORS, vector.at(), Optional.empty())
                    .claims();
            String name = vector.name();
            assertThat(told.measurement())
                    .as(name)
                    .isEqualTo(vector.expected().get("measurement").textValue());
            assertThat(told.reportData())
                    .as(name)
                    .isEqualTo(claims.get("report_data").textValue());
            assertThat(told.tcb().get("fmspc"))
                    .as(name)
                    .isEqualTo(claims.get("pck").get("fmspc"));
            assertThat(told.tcb().get("pce_svn"))
                    .as(name)
                    .isEqualTo(claims.get("pck").get("pcesvn"));
            assertThat(told.tcb().get("sgx_components"))
                    .as(name)
                    .isEqualTo(claims.get("pck").get("cpusvn_components"));
            if (claims.has("tcb_status")) {
                assertThat(told.tcb().get("platform_status").textValue())
                        .as(name)
                        .isEqualTo(claims.get("tcb_status").path(0).asText("no TCB level"));
                assertThat(told.tcb().get("qe_status")).as(name).isEqualTo(claims.get("qe_status"));
                assertThat(told.tcb().get("module_status").textValue())
                        .as(name)
                        .isEqualTo(claims.path("tdx_module").path(1).asText("UpToDate"));
            }
        }
    }

    private static List<String> names(Appraisal appraisal) {
        return appraisal.reasons().stream().map(Reason::rule).toList();
    }
}
