package ai.coreason.enclave.sentry.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.tdx.TdxPolicy;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is demanded of a platform, one rule each. */
class PlatformPolicyTest {
    private static final List<Integer> OLD = List.of(4, 4, 2, 2, 3, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0);
    private static final List<Integer> OLDER = List.of(3, 4, 2, 2, 3, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0);

    @Test
    void judge_oldPlatform_isOutOfDate() throws Exception {
        FakeQuote quote = of(OLD);
        assertThat(quote.appraise(Optional.empty()).reasons()).isEmpty();
        assertRule(quote, policy("{}"), Result.INVALID, "tcb.status");
        assertRule(quote, policy("{\"tcb_statuses\":[\"OutOfDate\"]}"), Result.INVALID, "tcb.advisories");
        assertThat(quote.appraise(Optional.of(
                                policy("{\"tcb_statuses\":[\"OutOfDate\"],\"waived_advisories\":[\"INTEL-SA-1\"]}")))
                        .reasons())
                .isEmpty();
    }

    @Test
    void judge_platformBelowEveryLevel_isNeverAccepted() throws Exception {
        FakeQuote quote = of(OLDER);
        String all = "{\"tcb_statuses\":[\"UpToDate\",\"OutOfDate\",\"OutOfDateConfigurationNeeded\",\"Revoked\"]}";
        assertThat(quote.appraise(Optional.empty()).reasons()).isEmpty();
        assertRule(quote, policy(all), Result.INVALID, "tcb.status");
    }

    @Test
    void judge_quotingEnclaveOutOfDate_makesAllOfItSo() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        quote.qeReport[258] = 3;
        assertRule(quote, policy("{}"), Result.INVALID, "tcb.status");
        assertThat(quote.appraise(Optional.empty()).claims().tcb().get("status").textValue())
                .isEqualTo("OutOfDate");
    }

    /** Module of version 1 with security version and status; 06 is the version that no identity is of. */
    @ParameterizedTest
    @CsvSource({
        "0501, UpToDate",
        "0401, OutOfDate",
        "0101, Revoked",
        "0001, no TCB level",
        "0506, no TCB level",
        "0300, no TCB level",
        "0500, UpToDate"
    })
    void judge_tdxModule_countsByItsOwnLevels(String svn, String status) throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        quote.body(0, svn);
        Appraisal appraisal = quote.appraise(Optional.of(policy("{}")));
        assertThat(appraisal.claims().tcb().get("status").textValue()).isEqualTo(status);
        assertThat(appraisal.reasons())
                .extracting(Reason::rule)
                .isEqualTo(status.equals("UpToDate") ? List.of() : List.of("tcb.status"));
    }

    /** Started under module 1.2 and now under 1.5: a start anew is all that is missing. */
    @Test
    void judge_moduleUpdatedUnderADomain_advisesRelaunch() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX).later();
        quote.body(0, "0201");
        assertThat(quote.appraise(Optional.empty()).claims().tcb().get("status").textValue())
                .isEqualTo("TDRelaunchAdvised");
        assertRule(quote, policy("{}"), Result.INVALID, "tcb.status");
        ((ObjectNode) quote.tcbInfo.at("/tcbLevels/0")).put("tcbStatus", "ConfigurationNeeded");
        assertThat(quote.appraise(Optional.empty()).claims().tcb().get("status").textValue())
                .isEqualTo("TDRelaunchAdvisedConfigurationNeeded");
        quote.body(584, "0401");
        assertThat(quote.appraise(Optional.empty()).claims().tcb().get("status").textValue())
                .isEqualTo("OutOfDateConfigurationNeeded");
        quote.body(584, "0506");
        assertThat(quote.appraise(Optional.empty()).claims().tcb().get("status").textValue())
                .isEqualTo("no TCB level");
    }

    @ParameterizedTest
    @CsvSource({
        "UP_TO_DATE, OUT_OF_DATE, OUT_OF_DATE",
        "SW_HARDENING_NEEDED, OUT_OF_DATE, OUT_OF_DATE",
        "CONFIGURATION_NEEDED, OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION_NEEDED",
        "CONFIGURATION_AND_SW_HARDENING_NEEDED, OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION_NEEDED",
        "OUT_OF_DATE_CONFIGURATION_NEEDED, OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION_NEEDED",
        "SW_HARDENING_NEEDED, UP_TO_DATE, SW_HARDENING_NEEDED",
        "UP_TO_DATE, REVOKED, REVOKED",
        "REVOKED, OUT_OF_DATE, REVOKED",
        "UP_TO_DATE, NOT_SUPPORTED, NOT_SUPPORTED",
        "NOT_SUPPORTED, REVOKED, NOT_SUPPORTED"
    })
    void with_softwareOnAPlatform_isNeverBetterThanEither(TcbStatus platform, TcbStatus software, TcbStatus merged) {
        assertThat(platform.with(software)).isEqualTo(merged);
    }

    @Test
    void judge_noCollateral_isNotJudgedUnlessWaived() throws Exception {
        for (Part part : List.of(Part.TCB_INFO, Part.QE_IDENTITY)) {
            FakeQuote quote = new FakeQuote(TeeType.TDX);
            quote.instead.put(part, new byte[0]);
            String rule = part == Part.TCB_INFO ? "collateral.tcb_info" : "collateral.qe_identity";
            assertRule(quote, policy("{}"), Result.UNJUDGED, rule);
            assertThat(quote.appraise(Optional.of(policy("{\"collateral_waived_by\":\"ops\"}")))
                            .reasons())
                    .isEmpty();
        }
    }

    @Test
    void judge_noRevocationLists_isNotJudgedUnlessWaived() throws Exception {
        for (Part part : List.of(Part.ROOT_CRL, Part.PCK_CRL)) {
            FakeQuote quote = new FakeQuote(TeeType.TDX);
            quote.instead.put(part, new byte[0]);
            assertRule(
                    quote,
                    policy("{}"),
                    Result.UNJUDGED,
                    "revocation." + part.file().replace(".der", ""));
            assertThat(quote.appraise(Optional.of(policy("{\"revocation\":{\"waived_by\":\"ops\"}}")))
                            .reasons())
                    .isEmpty();
            assertThat(quote.appraise(Optional.of(TdxPolicy.strict())).reasons())
                    .isEmpty();
        }
    }

    @Test
    void judge_oldRevocationList_isRefused() throws Exception {
        IntelPolicy policy = policy("{\"revocation\":{\"max_age_hours\":24}}");
        assertRule(new FakeQuote(TeeType.TDX), policy, Result.INVALID, "revocation.max_age");
    }

    @Test
    void judge_oldEvaluation_isRefused() throws Exception {
        IntelPolicy policy = policy("{\"min_tcb_evaluation_data_number\":19}");
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        quote.identity.put("tcbEvaluationDataNumber", 19);
        assertRule(quote, policy, Result.INVALID, "tcb_info.tcb_evaluation_data_number");
        quote.identity.put("tcbEvaluationDataNumber", 18);
        quote.tcbInfo.put("tcbEvaluationDataNumber", 19);
        assertRule(quote, policy, Result.INVALID, "qe_identity.tcb_evaluation_data_number");
    }

    @Test
    void judge_padding_hasToBeZeros() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        quote.padding = new byte[100];
        assertThat(quote.appraise(Optional.of(policy("{}"))).reasons()).isEmpty();
        quote.padding[50] = 1;
        assertThat(quote.appraise(Optional.empty()).reasons()).isEmpty();
        assertRule(quote, policy("{}"), Result.INVALID, "quote.padding");
        assertThat(quote.appraise(Optional.of(policy("{\"zero_padding\":false}")))
                        .reasons())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tcb_statuses\":[\"no TCB level\"]}",
                "{\"tcb_statuses\":[\"Fine\"]}",
                "{\"tcb_statuses\":\"UpToDate\"}",
                "{\"revocation\":{}}",
                "{\"revocation\":{\"waived_by\":\"\"}}",
                "{\"revocation\":{\"max_age_hours\":0}}",
                "{\"revocation\":{\"waived_by\":\"ops\",\"max_age_hours\":1}}",
                "{\"collateral_waived_by\":\"two words\"}",
                "{\"debug\":true}"
            })
    void read_otherPolicies_areRefused(String json) {
        assertThatThrownBy(() -> policy(json)).isInstanceOf(InvalidDocument.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"tcb_statuses\":[\"OutOfDate\",\"TDRelaunchAdvised\"],\"waived_advisories\":[\"INTEL-SA-1\"]}",
                "{\"revocation\":{\"waived_by\":\"ops\"},\"collateral_waived_by\":\"ops\",\"zero_padding\":false}",
                "{\"revocation\":{\"where_given\":true},\"min_tcb_evaluation_data_number\":20}"
            })
    void read_writtenPolicy_isTheSame(String json) {
        PlatformPolicy policy = PlatformPolicy.read(JsonFields.of(Json.read(json), ""));
        assertThat(PlatformPolicy.read(JsonFields.of(policy.toJson(), ""))).isEqualTo(policy);
    }

    private static FakeQuote of(List<Integer> components) {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        quote.pck = quote.pck.sgx(FakePki.sgx(components, 11, "0000", "00806f050000"));
        return quote;
    }

    private static void assertRule(FakeQuote quote, IntelPolicy policy, Result result, String rule) throws Exception {
        Appraisal appraisal = quote.appraise(Optional.of(policy));
        assertThat(appraisal.reasons()).extracting(Reason::rule).containsExactly(rule);
        assertThat(appraisal.result()).isEqualTo(result);
    }

    private static IntelPolicy policy(String platform) {
        ObjectNode json = TdxPolicy.strict().toJson();
        json.set("platform", Json.read(platform));
        return TdxPolicy.read(JsonFields.of(json, ""));
    }
}
