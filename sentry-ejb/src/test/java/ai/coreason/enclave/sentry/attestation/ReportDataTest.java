package ai.coreason.enclave.sentry.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.ReportData.Role;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReportDataTest {
    static ObjectNode members() {
        return (ObjectNode) Json.read("""
                {"node_id": "node_a", "epoch": 3, "verifier": "overseer", "nonce": "%s", "tls_spki_sha384": "%s",
                 "hpke": {"suite": "DHKEM_X25519_HKDF_SHA256/HKDF_SHA256/AES_256_GCM", "key": "%s"},
                 "code_manifest_sha256": "%s", "round": 2, "attempt": 1,
                 "ledger_head": {"sequence": 9, "hash": "%s"}}
                """.formatted(
                        Base64.getEncoder().encodeToString(new byte[32]),
                        "ab".repeat(48),
                        Base64.getEncoder().encodeToString(new byte[32]),
                        "cd".repeat(32),
                        "ef".repeat(32)));
    }

    private static ReportData read(ObjectNode json) {
        return ReportData.parse(Role.UPDATE, json, "");
    }

    /** The definition written out by hand: three parts, each behind its length in four bytes. */
    @Test
    void digest_twoMembers_isSha512OverLengthPrefixedParts() throws Exception {
        ObjectNode json = Json.object().put("round", 2).put("node_id", "n");
        String hashed =
                "\0\0\0\17coreason/att/v1" + "\0\0\0\13node/update" + "\0\0\0\31{\"node_id\":\"n\",\"round\":2}";
        assertThat(read(json).digest())
                .isEqualTo(MessageDigest.getInstance("SHA-512").digest(hashed.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void digest_nullMember_isLeftOut() {
        ObjectNode with = members();
        with.putNull("job_digest");
        assertThat(read(with).digest()).isEqualTo(read(members()).digest());
    }

    @Test
    void digest_otherRole_isDifferent() {
        assertThat(ReportData.parse(Role.ENROLMENT, members(), "").digest())
                .isNotEqualTo(read(members()).digest());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node_id | a b | d.node_id: expected 1 to 64 of",
                "nonce | AAAA | d.nonce: expected base64 of 32 bytes",
                "tls_spki_sha384 | abc | d.tls_spki_sha384: expected 96 lower-case hex digits",
                "epoch | 1 | d.epoch: expected a whole number in",
                "hpke | x | d.hpke: expected an object",
                "ledger_head | x | d.ledger_head: expected an object",
                "update_digest | AB | d.update_digest: expected 64 lower-case hex digits",
                "extra | 1 | d.extra: unknown member"
            })
    void parse_textWhereItDoesNotFit_namesTheMember(String name, String text, String message) {
        assertThatThrownBy(() -> ReportData.parse(Role.UPDATE, members().put(name, text), "d"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message);
    }

    /** SHA-256 of 32 bytes of 0 and 48 of 0xab, worked out elsewhere. */
    @Test
    void gpuNonce_nonceAndTlsKey_isTheirSha256() {
        assertThat(read(members()).gpuNonce())
                .hasValue("1a18fea5fb7555c79be1cbcc93ae6f978c25f8d4122275efe7f66d6cf2357db1");
        assertThat(read(members().put("tls_spki_sha384", "cd".repeat(48))).gpuNonce())
                .isPresent()
                .isNotEqualTo(read(members()).gpuNonce());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonce", "tls_spki_sha384"})
    void gpuNonce_memberMissing_isNone(String name) {
        ObjectNode less = members();
        less.remove(name);
        assertThat(read(less).gpuNonce()).isEmpty();
    }

    @Test
    void differences_oneMissingOneDifferent_reportsBoth() {
        ObjectNode expected = members().put("epoch", 4L).put("job_digest", "00".repeat(32));
        assertThat(read(members()).differences(read(expected)))
                .containsExactlyInAnyOrder(
                        new Reason("report_data.epoch", "4", "3"),
                        new Reason("report_data.job_digest", "\"" + "00".repeat(32) + "\"", "nothing"));
    }

    @Test
    void differences_sameValuesInOtherNumberTypes_areNone() {
        assertThat(read(members())
                        .differences(read(Json.object().put("epoch", 3L).put("round", (short) 2))))
                .isEmpty();
    }

    private static UpdateStatement statement(ObjectNode ledgerRow) {
        return new UpdateStatement(
                ContributionKey.of("0b0f7b5e-3c9b-4a55-8f0a-6f5a2b7d9c11", 3, 2, "node_a"),
                "0a".repeat(32),
                new byte[32],
                "0b".repeat(32),
                "0c".repeat(32),
                ledgerRow,
                Map.of(),
                OptionalLong.empty());
    }

    private static void assertSame(ReportData made, Role role, String members) {
        ReportData read = ReportData.parse(
                role,
                Json.read(members.replace('\'', '"')
                        .replace("NONCE", "A".repeat(43) + "=")
                        .replace("TLS", "ab".repeat(48))),
                "");
        assertThat(made.role()).isEqualTo(role);
        assertThat(Json.canonical(made.json())).isEqualTo(Json.canonical(read.json()));
        assertThat(made.digest()).isEqualTo(read.digest());
    }

    @Test
    void enrolment_hasTheNodeItsKeyAndWhatItAdds() {
        ReportData known = ReportData.enrolment("node_a", "A".repeat(43) + "=", "ab".repeat(48));

        assertSame(known, Role.ENROLMENT, "{'node_id': 'node_a', 'nonce': 'NONCE', 'tls_spki_sha384': 'TLS'}");
        assertSame(
                known.withManifest("0a".repeat(32)).withLedgerHead(9, "0b".repeat(32)),
                Role.ENROLMENT,
                "{'node_id': 'node_a', 'nonce': 'NONCE', 'tls_spki_sha384': 'TLS', 'code_manifest_sha256': '"
                        + "0a".repeat(32) + "', 'ledger_head': {'sequence': 9, 'hash': '" + "0b".repeat(32) + "'}}");
    }

    @Test
    void update_hasTheTaskTheSealedBytesTheChargeTheSessionAndWhatTheNodeAdds() {
        ObjectNode row =
                Json.object().put("sequence", 9).put("hash", "0e".repeat(32)).put("delta", 0.5);
        String members = "{'node_id': 'node_a', 'nonce': 'NONCE', 'job_digest': '" + "0a".repeat(32)
                + "', 'round': 3, 'attempt': 2, 'base_digest': '" + "0b".repeat(32) + "', 'plan_digest': '"
                + "0c".repeat(32) + "', 'update_digest': '" + "0d".repeat(32)
                + "', 'epoch': 4, 'tls_spki_sha384': 'TLS', 'ledger_head': {'sequence': 9, 'hash': '" + "0e".repeat(32)
                + "'}";
        ReportData known = ReportData.update(statement(row), "0d".repeat(32), 4, "ab".repeat(48));

        assertSame(known, Role.UPDATE, members + "}");
        assertSame(
                known.withSealingKey(new SealingKey(new byte[32])).withManifest("0f".repeat(32)),
                Role.UPDATE,
                members + ", 'hpke': {'suite': 'DHKEM_X25519_HKDF_SHA256/HKDF_SHA256/AES_256_GCM', 'key': '"
                        + "A".repeat(43) + "='}, 'code_manifest_sha256': '" + "0f".repeat(32) + "'}");
    }

    @Test
    void overseer_hasTheVerifierAndTheServersKey() {
        assertSame(
                ReportData.overseer("node_a", "A".repeat(43) + "=", "ab".repeat(48)),
                Role.OVERSEER,
                "{'verifier': 'node_a', 'nonce': 'NONCE', 'tls_spki_sha384': 'TLS'}");
    }

    @Test
    void withGpu_bindsItsEvidence() {
        Evidence.Gpu gpu = new Evidence.Gpu(new byte[] {1}, new byte[] {2});

        ReportData bound = ReportData.overseer("node_a", "A".repeat(43) + "=", "ab".repeat(48))
                .withGpu(gpu);

        assertThat(bound.gpuEvidenceSha256()).contains(gpu.sha256());
        assertThat(read(members()).gpuEvidenceSha256()).isEmpty();
    }

    @Test
    void readable_whatNoVerifierReads_namesTheMember() {
        assertThatThrownBy(() ->
                        ReportData.enrolment("node_a", "none", "ab".repeat(48)).readable())
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("report_data.nonce: expected base64 of 32 bytes");
        ReportData good = ReportData.enrolment("node_a", "A".repeat(43) + "=", "ab".repeat(48));
        assertThat(good.readable().digest()).isEqualTo(good.digest());
    }

    /** A row without them is no charge, which the update is refused for; the evidence for it is judged all the same. */
    @Test
    void update_ledgerRowWithoutSequenceAndHash_isHeldAgainstNone() {
        ReportData known = ReportData.update(statement(Json.object()), "0d".repeat(32), 4, "ab".repeat(48));

        assertThat(read(known.json().without(List.of("ledger_head"))).differences(known))
                .singleElement()
                .satisfies(r -> assertThat(r.rule()).isEqualTo("report_data.ledger_head"));
    }
}
