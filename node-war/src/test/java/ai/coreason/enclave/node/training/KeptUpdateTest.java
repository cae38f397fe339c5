package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.contract.update.Headed;
import ai.coreason.enclave.sentry.contract.update.SealedUpdate;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import ai.coreason.enclave.sentry.seal.Hpke;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KeptUpdateTest {
    private static final byte[] PLAIN = "update".getBytes(StandardCharsets.UTF_8);

    private final Hpke.KeyPair keys = Hpke.newKeyPair();
    private final SealingKey to = new SealingKey(keys.publicKey());
    private final UpdateStatement statement = new UpdateStatement(
            ContributionKey.of("3c7b4a1e-93a5-4d4b-9d4f-1f0b6a3f2c11", 2, 1, "node_a"),
            "0a".repeat(32),
            new byte[32],
            "0b".repeat(32),
            "0c".repeat(32),
            Json.object().put("sequence", 7).put("hash", "0d".repeat(32)),
            Map.of(Metric.LOSS, 0.5),
            OptionalLong.of(12));
    private final KeptUpdate kept = new KeptUpdate(SealedUpdate.seal(statement, to, PLAIN), to);

    /** What nodes kept before statement and envelope were two things: an envelope with something in place of a quote. */
    private byte[] earlier() {
        ObjectNode header = (ObjectNode) Json.read("""
                {"job_id": "3c7b4a1e-93a5-4d4b-9d4f-1f0b6a3f2c11", "job_digest": "%s", "round": 2, "attempt": 1,
                 "node_id": "node_a", "nonce": "%s=", "base_digest": "%s", "plan_digest": "%s", "sealed_sha256": "%s",
                 "ledger_row": {"sequence": 7, "hash": "%s"},
                 "evidence": {"hardware_type": "SIMULATED", "quote": "AA==", "report_data_json": {
                   "node_id": "node_a", "nonce": "%s=", "job_digest": "%s", "round": 2, "attempt": 1, "base_digest": "%s",
                   "plan_digest": "%s", "update_digest": "%s", "hpke": %s, "ledger_head": {"sequence": 7, "hash": "%s"}}},
                 "metrics": {"loss": 0.5}, "train_ms": 12}
                """.formatted(
                        "0a".repeat(32),
                        "A".repeat(43),
                        "0b".repeat(32),
                        "0c".repeat(32),
                        kept.update().digest(),
                        "0d".repeat(32),
                        "A".repeat(43),
                        "0a".repeat(32),
                        "0b".repeat(32),
                        "0c".repeat(32),
                        kept.update().digest(),
                        to.json(),
                        "0d".repeat(32)));
        return Headed.write(header, kept.update().bytes());
    }

    private void assertSame(KeptUpdate read) {
        assertThat(read.to()).isEqualTo(to);
        assertThat(read.update().statement().json()).isEqualTo(statement.json());
        assertThat(read.update().bytes()).isEqualTo(kept.update().bytes());
        assertThat(read.update().open(keys)).isEqualTo(PLAIN);
    }

    @Test
    void parse_whatWasWritten_isTheSame() {
        assertSame(KeptUpdate.parse(kept.write()));
    }

    @Test
    void parse_whatAnEarlierVersionKept_isTheSame() {
        assertSame(KeptUpdate.parse(earlier()));
    }

    @Test
    void write_hasNoEvidence() {
        assertThat(Headed.read(kept.write()).header().properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("statement", "sealed_sha256", "hpke");
    }

    @Test
    void parse_sealedByteChanged_isRefused() {
        for (byte[] bytes : new byte[][] {kept.write(), earlier()}) {
            bytes[bytes.length - 1] ^= 1;

            assertThatThrownBy(() -> KeptUpdate.parse(bytes)).hasMessageStartingWith("sealed_sha256: expected ");
        }
    }

    @Test
    void parse_anotherMember_namesIt() {
        ObjectNode header = (ObjectNode) Headed.read(kept.write()).header();

        assertThatThrownBy(() -> KeptUpdate.parse(
                        Headed.write(header.put("more", 1), kept.update().bytes())))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("more: unknown member");
    }
}
