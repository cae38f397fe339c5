package ai.coreason.enclave.sentry.contract.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.sentry.Documents;
import ai.coreason.enclave.sentry.Mutations;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.seal.Hpke;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateEnvelopeTest {
    private static final String DIGEST = "0f".repeat(32);
    private static final byte[] NOT_SEALED = {};

    private final Hpke.KeyPair keys = Hpke.newKeyPair();

    private static UpdateStatement statement(String nodeId) {
        return new UpdateStatement(
                ContributionKey.of("0b0f7b5e-3c9b-4a55-8f0a-6f5a2b7d9c11", 3, 1, nodeId),
                DIGEST,
                new byte[32],
                DIGEST,
                DIGEST,
                Json.object().put("sequence", 1),
                Map.of(Metric.LOSS, 0.5),
                OptionalLong.of(12));
    }

    private static Evidence evidence() {
        return new Evidence(
                HardwareType.SIMULATED, new byte[] {1, 2, 3}, Json.object().put("node_id", "node_a"));
    }

    private SealedUpdate update() {
        return SealedUpdate.seal(statement("node_a"), new SealingKey(keys.publicKey()), new byte[100]);
    }

    private byte[] upload() {
        return UpdateEnvelope.upload(update(), evidence());
    }

    private static byte[] headed(JsonNode json) {
        return Headed.write(json, NOT_SEALED);
    }

    private static UpdateEnvelope read(byte[] upload) {
        try {
            return UpdateEnvelope.read(new ByteArrayInputStream(upload), upload.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SealedUpdate sealed(byte[] upload) {
        try {
            return UpdateEnvelope.readSealed(new ByteArrayInputStream(upload), upload.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void upload_read_isTheSameAndOpens() {
        SealedUpdate update = update();
        byte[] upload = UpdateEnvelope.upload(update, evidence());

        UpdateEnvelope read = UpdateEnvelope.parse(upload);

        assertThat(read.json()).isEqualTo(UpdateEnvelope.of(update, evidence()).json());
        assertThat(read.sealedSha256()).isEqualTo(update.digest());
        assertThat(read(upload).json()).isEqualTo(read.json());
        assertThat(sealed(upload).bytes()).isEqualTo(update.bytes());
        assertThat(sealed(upload).digest()).isEqualTo(update.digest());
        assertThat(sealed(upload).open(keys)).isEqualTo(new byte[100]);
    }

    @Test
    void parse_beginningOfAnUpload_isTheEnvelopeAlone() {
        byte[] upload = upload();
        byte[] beginning = Arrays.copyOf(upload, upload.length - 148);

        assertThat(UpdateEnvelope.parse(beginning).json())
                .isEqualTo(UpdateEnvelope.parse(upload).json());
    }

    @Test
    void open_underAnotherStatement_isRefused() {
        SealedUpdate other = SealedUpdate.of(statement("node_b"), update().bytes());

        assertThatThrownBy(() -> other.open(keys)).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void sealed_truncatedAtEveryOffset_isRefused() {
        byte[] whole = upload();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> sealed(cut)).as("first %d bytes", length).isInstanceOf(InvalidDocument.class);
            assertThatThrownBy(() -> read(cut)).as("first %d bytes", length).isInstanceOf(InvalidDocument.class);
        }
    }

    @Test
    void sealed_tooFewBytes_saysHowMany() {
        byte[] whole = upload();
        byte[] cut = Arrays.copyOf(whole, whole.length - 101);

        assertThatThrownBy(() -> sealed(cut)).hasMessage("sealed: expected at least 48 bytes, got 47 bytes");
    }

    @Test
    void sealed_byteChanged_isRefusedByDigest() {
        byte[] bytes = upload();
        bytes[bytes.length - 1] ^= 1;
        assertThatThrownBy(() -> sealed(bytes)).hasMessageStartingWith("sealed_sha256: expected ");
        assertThatThrownBy(() -> read(bytes)).hasMessageStartingWith("sealed_sha256: expected ");
    }

    /** What ends too soon is refused, and so is what no array holds, unread. */
    @Test
    void readSealed_lengthThatIsNotTheStreams_isRefused() {
        byte[] upload = upload();

        assertThatThrownBy(() -> UpdateEnvelope.readSealed(new ByteArrayInputStream(upload), upload.length + 1L))
                .hasMessage("rest: expected 149 bytes behind the header, got 148 bytes");
        assertThatThrownBy(() -> UpdateEnvelope.readSealed(new ByteArrayInputStream(upload), 3L << 30))
                .hasMessageStartingWith("rest: expected at most 2 GiB, got ");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, (64 << 10) + 1, Long.MAX_VALUE, -1})
    void parse_headerLengthOutOfRange_isRefused(long length) {
        byte[] bytes = upload();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        assertThatThrownBy(() -> UpdateEnvelope.parse(bytes))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("header length: expected a number in [2, ");
    }

    @Test
    void write_headerTooLong_isABug() {
        JsonNode json = Json.object().put("x", "x".repeat(Headed.MAX_HEADER));

        assertThatThrownBy(() -> headed(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("header: expected at most 524288 bytes, got ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "node_id | '../x' | node_id: expected 1 to 64",
                "job_id | '1' | job_id: expected a UUID, got \"1\"",
                "round | 0 | round: expected a whole number in [1, 100000], got 0",
                "attempt | 101 | attempt: expected a whole number in [1, 100], got 101",
                "ledger_row | [] | ledger_row: expected an object, got an array",
                "evidence.hardware_type | 'TPM' | evidence.hardware_type: expected one of AMD_SEV_SNP",
                "evidence.quote | '' | evidence.quote: expected a non-empty string",
                "evidence.report_data_json | '{}' | evidence.report_data_json: expected an object, got \"{}\"",
                "evidence.more | 1 | evidence.more: unknown member",
                "evidence |  | evidence: expected an object, got nothing",
                "metrics.loss | -1 | metrics.loss: expected a finite number >= 0",
                "train_ms | -1 | train_ms: expected a whole number",
                "sealed_sha256 |  | sealed_sha256: expected 64 lower-case hex digits, got nothing",
                "more | 1 | more: unknown member"
            })
    void parse_oneMemberAmiss_namesIt(String path, String value, String message) {
        String json = value == null ? "" : value.replace('\'', '"');
        ObjectNode envelope = UpdateEnvelope.of(update(), evidence()).json();
        assertThatThrownBy(() -> UpdateEnvelope.parse(headed(Documents.with(envelope, path, json))))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void statement_writtenAndRead_isTheSame() {
        UpdateStatement statement = statement("node_a");

        UpdateStatement read = UpdateStatement.parse(statement.json(), "statement");

        assertThat(read.aad()).isEqualTo(statement.aad());
        assertThatThrownBy(() -> UpdateStatement.parse(statement.json().put("sealed_sha256", DIGEST), "statement"))
                .hasMessage("statement.sealed_sha256: unknown member");
    }

    @Test
    void toString_showsNoSealedBytes() {
        assertThat(update().toString()).matches("SealedUpdate\\[UpdateStatement\\[.*, node_a], 148 bytes]");
        assertThat(UpdateEnvelope.of(update(), evidence()).toString())
                .matches("UpdateEnvelope\\[UpdateStatement\\[.*, node_a], Evidence\\[SIMULATED]]");
    }

    @Test
    void upload_mutated_isReadOrRefused() throws Exception {
        Mutations.survive(3, upload(), UpdateEnvelopeTest::sealed);
    }

    /** The same with a length that fits, so that the JSON inside is reached. */
    @Test
    void envelope_mutated_isReadOrRefused() throws Exception {
        Mutations.survive(4, Json.write(UpdateEnvelope.of(update(), evidence()).json()), json -> {
            byte[] bytes = ByteBuffer.allocate(8 + json.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .put(json)
                    .array();
            UpdateEnvelope.parse(bytes).json();
        });
    }
}
