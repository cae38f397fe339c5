package ai.coreason.enclave.sentry.contract.update;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The bytes of an update on its way, and what its sealed part is bound to: nodes and Overseers of other versions know them. */
class UpdateGoldenTest {
    private static final String JOB = "\"job_id\":\"0b0f7b5e-3c9b-4a55-8f0a-6f5a2b7d9c11\"";
    private static final String NONCE = "\"nonce\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"";
    private static final String HEADER = "{" + JOB + ",\"job_digest\":\"" + "0a".repeat(32)
            + "\",\"round\":3,\"attempt\":2,\"node_id\":\"node_a\"," + NONCE + ",\"base_digest\":\"" + "0b".repeat(32)
            + "\",\"plan_digest\":\"" + "0c".repeat(32) + "\",\"sealed_sha256\":\""
            + "d6dbb59417d6eb653a008aa6e35626bfd33d4283e05cc06c0c7d6ab6703437e3" + "\","
            + "\"ledger_row\":{\"sequence\":7,\"hash\":\"" + "0d".repeat(32) + "\",\"delta\":1.0E-5},"
            + "\"evidence\":{\"hardware_type\":\"SIMULATED\",\"quote\":\"AQID\","
            + "\"report_data_json\":{\"node_id\":\"node_a\",\"epoch\":4}},"
            + "\"metrics\":{\"loss\":0.5},\"train_ms\":12}";
    private static final String AAD = "{\"attempt\":2,\"base_digest\":\"" + "0b".repeat(32) + "\",\"job_digest\":\""
            + "0a".repeat(32) + "\"," + JOB + ",\"ledger_row\":{\"delta\":0.00001,\"hash\":\"" + "0d".repeat(32)
            + "\",\"sequence\":7},\"metrics\":{\"loss\":0.5},\"node_id\":\"node_a\"," + NONCE + ",\"plan_digest\":\""
            + "0c".repeat(32) + "\",\"round\":3,\"train_ms\":12}";

    private static byte[] bytes(int length, int step) {
        byte[] out = new byte[length];
        for (int i = 0; i < length; i++) {
            out[i] = (byte) (step * i);
        }
        return out;
    }

    private static byte[] sealed() {
        return bytes(48, 3);
    }

    private static UpdateStatement statement(Map<Metric, Double> metrics) {
        ObjectNode row =
                Json.object().put("sequence", 7).put("hash", "0d".repeat(32)).put("delta", 1e-5);
        return new UpdateStatement(
                ContributionKey.of("0b0f7b5e-3c9b-4a55-8f0a-6f5a2b7d9c11", 3, 2, "node_a"),
                "0a".repeat(32),
                bytes(32, 1),
                "0b".repeat(32),
                "0c".repeat(32),
                row,
                metrics,
                OptionalLong.of(12));
    }

    private static Evidence evidence() {
        return new Evidence(
                HardwareType.SIMULATED,
                new byte[] {1, 2, 3},
                Json.object().put("node_id", "node_a").put("epoch", 4));
    }

    private static SealedUpdate update() {
        return SealedUpdate.of(statement(Map.of(Metric.LOSS, 0.5)), sealed());
    }

    @Test
    void envelope_written_isTheseBytes() {
        assertThat(text(Json.write(UpdateEnvelope.of(update(), evidence()).json())))
                .isEqualTo(HEADER);
    }

    @Test
    void aad_ofAStatement_isTheseBytes() {
        assertThat(text(update().statement().aad())).isEqualTo(AAD);
    }

    @Test
    void upload_isLengthEnvelopeAndSealedBytes() {
        assertThat(HexFormat.of().formatHex(UpdateEnvelope.upload(update(), evidence())))
                .isEqualTo("%02x%02x000000000000".formatted(HEADER.length() & 0xff, HEADER.length() >> 8)
                        + HexFormat.of().formatHex(HEADER.getBytes(StandardCharsets.UTF_8))
                        + HexFormat.of().formatHex(sealed()));
    }

    @Test
    void envelope_withAllMetrics_namesThemInOneOrder() {
        Map<Metric, Double> both = Map.of(Metric.ACCURACY, 0.25, Metric.LOSS, 0.5);
        SealedUpdate update = SealedUpdate.of(statement(both), sealed());

        assertThat(text(Json.write(UpdateEnvelope.of(update, evidence()).json())))
                .endsWith(",\"metrics\":{\"loss\":0.5,\"accuracy\":0.25},\"train_ms\":12}");
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
