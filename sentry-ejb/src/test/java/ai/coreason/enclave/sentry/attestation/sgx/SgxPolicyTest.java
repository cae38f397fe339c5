package ai.coreason.enclave.sentry.attestation.sgx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.intel.FakeQuote;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One rule each, on a quote that is otherwise genuine and kept to. */
class SgxPolicyTest {
    @ParameterizedTest
    @CsvSource({
        "64, 01, mr_enclave",
        "128, 01, mr_signer",
        "192, 01, config_id",
        "256, 08, isv_prod_id",
        "258, 02, isv_svn",
        "48, 04, attributes.init",
        "48, 07, attributes.debug"
    })
    void judge_oneFieldOfTheBody_breaksItsRuleAlone(int offset, String hex, String rule) throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.SGX);
        quote.body(256, "0700");
        quote.body(258, "0300");
        assertThat(quote.appraise(Optional.of(full())).reasons()).isEmpty();
        quote.body(offset, hex);
        assertThat(quote.appraise(Optional.empty()).reasons()).isEmpty();
        assertThat(quote.appraise(Optional.of(full())).reasons())
                .extracting(Reason::rule)
                .containsExactly(rule);
    }

    @Test
    void read_emptyPolicy_allowsNoMeasurement() throws Exception {
        SgxPolicy policy = SgxPolicy.read(JsonFields.of(Json.object(), ""));
        assertThat(new FakeQuote(TeeType.SGX).appraise(Optional.of(policy)).reasons())
                .extracting(Reason::rule)
                .containsExactly("mr_enclave", "mr_signer");
    }

    @Test
    void read_writtenPolicy_isTheSame() {
        assertThat(SgxPolicy.read(JsonFields.of(full().toJson(), ""))).isEqualTo(full());
        SgxPolicy strict = SgxPolicy.strict();
        assertThat(SgxPolicy.read(JsonFields.of(strict.toJson(), ""))).isEqualTo(strict);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"mr_enclave\":[\"aa\"]}",
                "{\"isv_prod_id\":65536}",
                "{\"min_isv_svn\":-1}",
                "{\"debug_allowed\":\"no\"}",
                "{\"mrenclave\":\"any\"}"
            })
    void read_otherPolicies_areRefused(String json) {
        assertThatThrownBy(() -> SgxPolicy.read(JsonFields.of(Json.read(json), "")))
                .isInstanceOf(InvalidDocument.class);
    }

    private static SgxPolicy full() {
        String json = """
                {"mr_enclave":["%s"],"mr_signer":["%s"],"config_id":["%s"],"isv_prod_id":7,"min_isv_svn":3}""".formatted("00".repeat(32), "00".repeat(32), "00".repeat(64));
        return SgxPolicy.read(JsonFields.of(Json.read(json), ""));
    }
}
