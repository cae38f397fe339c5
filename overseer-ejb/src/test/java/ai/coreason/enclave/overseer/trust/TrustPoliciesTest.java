package ai.coreason.enclave.overseer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.enrolment.IdentityDatabase;
import ai.coreason.enclave.sentry.attestation.policy.TrustPolicy;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.audit.AuditRecord;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustPoliciesTest {
    private static final String MEASUREMENT = "ab".repeat(48);

    @AutoClose
    private final IdentityDatabase database = new IdentityDatabase();

    private final List<String> events = new ArrayList<>();

    private <T> T with(Function<TrustPolicies, T> work) {
        AuditLog audit = new AuditLog() {
            @Override
            public void append(String event, ObjectNode details) {
                events.add(event + " " + details);
            }
        };
        return database.inTransaction(em -> work.apply(new TrustPolicies(em, audit)));
    }

    private static JsonNode policy(String revocation) {
        String text = "{'snp': {'measurements': ['" + MEASUREMENT
                + "'], 'products': ['Milan'], 'minimum_tcb': {'Milan': {'bl': 1, 'tee': 0, 'snp': 1, 'ucode': 1}}, 'keys': ['VCEK'], 'vmpls': [0],"
                + " 'revocation': " + revocation + "}}";
        return Json.read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void current_noneSetYet_isEmpty() {
        assertThat(with(TrustPolicies::current)).isEmpty();
        assertThat(with(TrustPolicies::last)).isEmpty();
    }

    @Test
    void change_twice_countsVersionsAndWritesBothToTheAuditLog() {
        long first = with(p -> p.change(policy("{'demand': 'REQUIRED'}"), "olga"));
        long second = with(p -> p.change(policy("{'demand': 'WAIVED', 'waived_by': 'olga'}"), "olga"));

        assertThat(first).isEqualTo(1);
        assertThat(second).isEqualTo(2);
        assertThat(with(TrustPolicies::current)
                        .flatMap(TrustPolicy::snp)
                        .orElseThrow()
                        .measurements())
                .containsExactly(MEASUREMENT);
        assertThat(with(TrustPolicies::last))
                .hasValueSatisfying(v -> assertThat(v.changedBy()).isEqualTo("olga"));
        assertThat(events)
                .hasSize(2)
                .allSatisfy(e ->
                        assertThat(e).startsWith("trust-policy.changed ").contains("\"by\":\"olga\"", MEASUREMENT));
    }

    @Test
    void change_policyOfAThousandMeasurements_standsByItsDigestInTheAuditLog() {
        ObjectNode policy = (ObjectNode) policy("{'demand': 'REQUIRED'}");
        for (int i = 0; i < 1_000; i++) {
            policy.withArray("/snp/measurements").add("%096x".formatted(i));
        }
        List<AuditRecord> log = database.inTransaction(em -> {
            AuditLog audit = new AuditLog(em);
            audit.open();
            new TrustPolicies(em, audit).change(policy, "olga");
            em.flush();
            return audit.after(0, 10);
        });

        assertThat(AuditRecord.firstFault(log)).isEmpty();
        JsonNode details = log.get(0).details();
        assertThat(details.at("/policy/sha256")).isEqualTo(details.get("sha256"));
        assertThat(details.at("/policy/sha256").asText()).isEqualTo(Json.digest(policy));
        assertThat(details.at("/policy/characters").asInt())
                .isEqualTo(policy.toString().length());
        assertThat(details.get("by").asText()).isEqualTo("olga");
        assertThat(with(TrustPolicies::current)
                        .flatMap(TrustPolicy::snp)
                        .orElseThrow()
                        .measurements())
                .hasSize(1_001);
    }

    @Test
    void change_waiverInAnothersName_isRefusedAndNothingChanges() {
        JsonNode waived = policy("{'demand': 'WAIVED', 'waived_by': 'root'}");

        assertThatThrownBy(() -> with(p -> p.change(waived, "olga")))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("snp.revocation.waived_by: expected the operator who sets the policy, olga, got root");
        assertThat(with(TrustPolicies::last)).isEmpty();
        assertThat(events).isEmpty();
    }

    /** Each place where a policy can do without something. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'tdx': {'platform': {'revocation': {'waived_by': 'root'}}}} | tdx.platform.revocation.waived_by",
                "{'tdx': {'platform': {'collateral_waived_by': 'root'}}} | tdx.platform.collateral_waived_by",
                "{'sgx': {'platform': {'revocation': {'waived_by': 'root'}}}} | sgx.platform.revocation.waived_by",
                "{'nvidia': {'architectures': ['HOPPER'], 'minimum_driver': '1', 'minimum_vbios': '1', 'revocation':"
                        + " {'waived_by': 'root'}}} | nvidia.revocation.waived_by"
            })
    void change_waiverOfAnotherPartInAnothersName_isRefused(String policy, String member) {
        JsonNode waived = Json.read(policy.replace('\'', '"').getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> with(p -> p.change(waived, "olga")))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(member + ": expected the operator who sets the policy, olga, got root");
        assertThat(with(TrustPolicies::last)).isEmpty();
    }

    @Test
    void change_revocationThatMayBeLeftOut_isRefused() {
        JsonNode snp = policy("{'demand': 'WHERE_PRESENT'}");
        JsonNode tdx = Json.read("{\"tdx\": {\"platform\": {\"revocation\": {\"where_given\": true}}}}"
                .getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> with(p -> p.change(snp, "olga"))).hasMessageStartingWith("snp.revocation: expected");
        assertThatThrownBy(() -> with(p -> p.change(tdx, "olga")))
                .hasMessageStartingWith("tdx.platform.revocation: expected");
        assertThat(events).isEmpty();
    }

    @Test
    void change_unknownMember_isRefusedByName() {
        ObjectNode policy = (ObjectNode) policy("{'demand': 'REQUIRED'}");
        policy.withObject("/snp").put("alow_debug", true);

        assertThatThrownBy(() -> with(p -> p.change(policy, "olga")))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("alow_debug");
        assertThat(with(TrustPolicies::last)).isEmpty();
    }
}
