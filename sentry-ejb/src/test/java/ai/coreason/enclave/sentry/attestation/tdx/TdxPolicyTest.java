package ai.coreason.enclave.sentry.attestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.intel.FakeQuote;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One rule each, on a TDX 1.5 quote that is otherwise genuine and kept to. */
class TdxPolicyTest {
    private static final String OTHER = "11".repeat(48);

    @ParameterizedTest
    @CsvSource({
        "136, 00, mrtd",
        "328, 01, rtmr0",
        "376, 01, rtmr1",
        "424, 01, rtmr2",
        "472, 01, rtmr3",
        "184, 01, mr_config_id",
        "232, 01, mr_owner",
        "280, 01, mr_owner_config",
        "600, 01, mr_service_td",
        "16, 01, mr_seam",
        "120, 01, attributes.debug",
        "120, 10, attributes.debug",
        "120, 00000030, attributes.migratable",
        "120, 00000000, attributes.sept_ve_disable",
        "120, 0001, attributes.allowed",
        "128, 00, attributes.xfam_required",
        "128, e7020e, attributes.xfam_allowed"
    })
    void judge_oneFieldOfTheBody_breaksItsRuleAlone(int offset, String hex, String rule) throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX).later();
        TdxPolicy policy = full();
        assertThat(quote.appraise(Optional.of(policy)).reasons()).isEmpty();
        quote.body(offset, hex);
        assertThat(quote.appraise(Optional.empty()).reasons()).isEmpty();
        Appraisal appraisal = quote.appraise(Optional.of(policy));
        assertThat(appraisal.reasons()).extracting(Reason::rule).containsExactly(rule);
        assertThat(appraisal.result()).isEqualTo(Appraisal.Result.INVALID);
    }

    @ParameterizedTest
    @CsvSource({
        "/module, mr_signer_seam, mr_signer_seam",
        "/module, min_tee_tcb_svn, tee_tcb_svn",
    })
    void judge_oneRuleOfTheModule_isBrokenAlone(String object, String member, String rule) throws Exception {
        ObjectNode json = full().toJson();
        ObjectNode module = (ObjectNode) json.at(object);
        if (member.equals("mr_signer_seam")) {
            module.putArray(member).add(OTHER);
        } else {
            module.put(member, "05010600" + "00".repeat(12));
        }
        TdxPolicy policy = TdxPolicy.read(JsonFields.of(json, ""));
        Appraisal appraisal = new FakeQuote(TeeType.TDX).later().appraise(Optional.of(policy));
        assertThat(appraisal.reasons()).extracting(Reason::rule).containsExactly(rule);
    }

    @Test
    void judge_whatThePolicyAllows_isValid() throws Exception {
        ObjectNode json = full().toJson();
        ((ObjectNode) json.get("attributes")).put("debug_allowed", true).put("migratable_allowed", true);
        FakeQuote quote = new FakeQuote(TeeType.TDX).later();
        quote.body(120, "01000030");
        assertThat(quote.appraise(Optional.of(TdxPolicy.read(JsonFields.of(json, ""))))
                        .reasons())
                .isEmpty();
    }

    @Test
    void read_emptyPolicy_allowsNoMeasurement() throws Exception {
        TdxPolicy policy = TdxPolicy.read(JsonFields.of(Json.object(), ""));
        assertThat(new FakeQuote(TeeType.TDX).appraise(Optional.of(policy)).reasons())
                .extracting(Reason::rule)
                .containsExactly("mrtd", "rtmr0", "rtmr1", "rtmr2", "rtmr3");
    }

    @Test
    void strict_debugDomain_isRefusedWithoutCollateral() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        quote.body(120, "01");
        for (var part : ai.coreason.enclave.sentry.attestation.intel.Collateral.Part.values()) {
            quote.instead.put(part, new byte[0]);
        }
        Appraisal appraisal = quote.appraise(Optional.of(TdxPolicy.strict()));
        assertThat(appraisal.reasons()).extracting(Reason::rule).containsExactly("attributes.debug");
        assertThat(appraisal.result()).isEqualTo(Appraisal.Result.INVALID);
    }

    @Test
    void read_writtenPolicy_isTheSame() {
        assertThat(TdxPolicy.read(JsonFields.of(full().toJson(), ""))).isEqualTo(full());
        TdxPolicy strict = TdxPolicy.strict();
        assertThat(TdxPolicy.read(JsonFields.of(strict.toJson(), ""))).isEqualTo(strict);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"mrtd\":[\"aa\"]}",
                "{\"mrtd\":\"all\"}",
                "{\"mrtd\":[1]}",
                "{\"rtmr4\":\"any\"}",
                "{\"attributes\":{\"allowed\":\"1\"}}",
                "{\"attributes\":{\"debug\":true}}",
                "{\"module\":{\"min_tee_tcb_svn\":\"00\"}}",
                "{\"owner\":[]}"
            })
    void read_otherPolicies_areRefused(String json) {
        JsonNode node = Json.read(json);
        assertThatThrownBy(() -> TdxPolicy.read(JsonFields.of(node, ""))).isInstanceOf(InvalidDocument.class);
    }

    private static TdxPolicy full() {
        String zeros = "[\"" + "00".repeat(48) + "\"]";
        String json = """
                {"mrtd":["%s","%s"],"rtmr0":Z,"rtmr1":Z,"rtmr2":Z,"rtmr3":Z,"mr_service_td":Z,
                "module":{"mr_seam":Z,"mr_signer_seam":Z,"min_tee_tcb_svn":"05010500000000000000000000000000"},
                "owner":{"mr_config_id":Z,"mr_owner":Z,"mr_owner_config":Z}}""".formatted("AA".repeat(48), OTHER);
        return TdxPolicy.read(JsonFields.of(Json.read(json.replace("Z", zeros)), ""));
    }
}
