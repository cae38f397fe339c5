package ai.coreason.enclave.sentry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.Documents;
import ai.coreason.enclave.sentry.seal.Hpke;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesTest {
    private static final String DIGEST = "0f".repeat(32);
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    static RoundTask task() {
        ObjectNode job = Jobs.full();
        job.remove("job_id");
        return new RoundTask(
                new AttemptKey("0b0f7b5e-3c9b-4a55-8f0a-6f5a2b7d9c11", 3, 1),
                new byte[32],
                DIGEST,
                new TrainingPlan(Mechanism.DP_SGD, 10, 0.1, 1.5, 1, 20, 0.1),
                NOON,
                FederationJob.parse(job, JobRules.inSimulation()),
                new SealingKey(Hpke.newKeyPair().publicKey()));
    }

    static Evidence evidence() {
        return new Evidence(
                HardwareType.SIMULATED, new byte[] {1, 2, 3}, Json.object().put("node_id", "node_a"));
    }

    static ObjectNode registration() {
        return (ObjectNode) Json.read("""
                {"data_owner": "o", "dataset_id": "heart", "privacy_unit": {"column": "patient", "max_records": 3},
                 "declared_rows": 200, "delta": 0.001, "epsilon_ceiling": 5.0, "public": false,
                 "filter_order": 4.5, "filter_spent": 0.25,
                 "dictionary": [{"names": ["age", "years"], "type": "number", "minimum": 0.5, "maximum": 120.5, "unit": "a"},
                                {"names": ["sex"], "type": "string", "enum": ["f", "m"]},
                                {"names": ["x"], "type": "F32", "shape": [2, 3], "enum": [0.5, 1.5]}]}
                """);
    }

    static AttestationReport report() {
        return new AttestationReport(
                "node_a",
                HardwareType.SIMULATED,
                new byte[] {4},
                DIGEST,
                new byte[] {5, 6},
                AttestationReport.Status.UNTRUSTED,
                List.of("quote: expected a signature by the simulation key, got another"),
                2,
                NOON,
                NOON.plusSeconds(3600),
                true);
    }

    @Test
    void roundTask_writtenAndRead_isTheSame() {
        ObjectNode json = task().json();
        assertThat(RoundTask.parse(Json.read(Json.write(json)), JobRules.inSimulation())
                        .json())
                .isEqualTo(json);
    }

    @Test
    void roundTask_idInUpperCase_isTheSameJob() {
        ObjectNode json = task().json();
        json.put("job_id", json.get("job_id").textValue().toUpperCase(Locale.ROOT));

        assertThat(RoundTask.parse(json, JobRules.inSimulation()).key()).isEqualTo(task().key());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "job_digest | '%s' | job_digest: expected the digest of what the task carries",
                "plan_digest | '%s' | plan_digest: expected the digest of what the task carries",
                "plan.normaliser | 21 | plan_digest: expected the digest of what the task carries",
                "plan.steps | 11 | plan.steps: expected 10, as in the job, got 11",
                "plan.noise_multiplier | 0.01 | plan.noise_multiplier: expected 1.5, as in the job, got 0.01",
                "plan.max_grad_norm | 9 | plan.max_grad_norm: expected 1.0, as in the job, got 9.0",
                "plan.learning_rate | 1 | plan.learning_rate: expected 0.1, as in the job, got 1.0",
                "plan.clipping | 'automatic' | plan.clipping: expected FLAT, as in the job, got AUTOMATIC",
                "plan.momentum | 0.5 | plan.optimizer: expected Optimizer[rule=SGD, momentum=0.0,",
                "job.rounds | 19 | job_digest: expected the digest of what the task carries",
                "job.privacy.noise_multiplier | 0 | job.privacy.noise_multiplier: expected a number > 0",
                "job.dataset.label.encode | 'identity' | job.dataset.label.encode: expected class with loss",
                "round | 21 | round: expected a whole number in [1, 20], got 21",
                "attempt | 0 | attempt: expected a whole number in [1, 100], got 0",
                "nonce | 'AAAA' | nonce: expected base64 of 32 bytes, got other text of 4 characters",
                "nonce | '????' | nonce: expected base64 of 32 bytes, got other text of 4 characters",
                "nonce | 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=' | nonce: expected base64 of 32 bytes, got other text of 44 characters",
                "nonce | 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' | nonce: expected base64 of 32 bytes, got other text of 43 characters",
                "base_digest | '0F' | base_digest: expected 64 lower-case hex digits",
                "deadline | '2026-01-31T12:00:00+01:00' | deadline: expected an RFC 3339 time in UTC",
                "deadline | '2026-02-31T12:00:00Z' | deadline: expected an RFC 3339 time in UTC",
                "hpke.suite | 'other' | hpke.suite: expected DHKEM",
                "hpke.extra | 1 | hpke.extra: unknown member",
                "job_id |  | job_id: expected a UUID, got nothing",
                "extra | 1 | extra: unknown member"
            })
    void roundTask_oneMemberAmiss_namesIt(String path, String value, String message) {
        String json = value == null ? "" : value.replace('\'', '"').formatted(DIGEST);
        assertThatThrownBy(() -> RoundTask.parse(Documents.with(task().json(), path, json), JobRules.inSimulation()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message);
    }

    /** The metrics' noise, four times the gradient's, is then out of range: no job leads to such a plan. */
    @Test
    void roundTask_noiseThatNoMetricCanGoBeside_namesThePlan() {
        ObjectNode json = task().json();
        ObjectNode job = (ObjectNode) json.get("job");
        job.set("metrics", Json.read("[\"accuracy\"]"));
        ((ObjectNode) job.get("privacy")).remove(List.of("noise_multiplier", "metric_noise_multiplier", "max_loss"));
        ((ObjectNode) json.get("plan")).put("noise_multiplier", 300_000).remove("metrics");

        assertThatThrownBy(() -> RoundTask.parse(json, JobRules.inSimulation()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(
                        "plan: expected a plan that the job leads to, got one with which metrics.noise");
    }

    @Test
    void registration_writtenAndRead_isTheSame() {
        assertThat(DatasetRegistration.parse(registration(), "").json())
                .hasToString(registration().toString());
        ObjectNode record = registration().put("privacy_unit", "record");
        assertThat(DatasetRegistration.parse(record, "").json()).hasToString(record.toString());
    }

    /** The columns of a wide table fit a request that has one mebibyte. */
    @Test
    void dictionary_ofManyColumnsAlike_isShort() {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            names.append(i == 0 ? "" : ",").append("\"ENSG%011d\"".formatted(i));
        }
        PublicDictionary wide = PublicDictionary.parse(
                Json.read("[{\"names\": [" + names + "], \"type\": \"number\", \"minimum\": 0, \"maximum\": 100000}]"));
        assertThat(wide.fields()).hasSize(20_000);
        assertThat(wide.field("ENSG00000019999").orElseThrow().maximum()).hasValue(100_000);
        assertThat(PublicDictionary.parse(wide.json())).isEqualTo(wide);
        assertThat(wide.json()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "declared_rows | 0 | d.declared_rows: expected a whole number in [1, 1000000000000], got 0",
                "delta | 0.005 | d.delta: expected a number in (0, 1/declared_rows) = (0, 0.005), got 0.005",
                "delta | 0 | d.delta: expected a number in (0, 1/declared_rows)",
                "epsilon_ceiling | 5.1 | d.epsilon_ceiling: expected a number in (0, 5.0], got 5.1",
                "privacy_unit | 'patient' | d.privacy_unit: expected \"record\" or an object with column and max_records, got \"patient\"",
                "privacy_unit.max_records | 0 | d.privacy_unit.max_records: expected a whole number",
                "privacy_unit.column |  | d.privacy_unit.column: expected a non-empty string, got nothing",
                "public | 'no' | d.public: expected true or false, got \"no\"",
                "filter_order | 1 | d.filter_order: expected a finite number > 1, got 1",
                "filter_spent | -1 | d.filter_spent: expected a finite number >= 0, got -1",
                "rows | 1 | d.rows: unknown member",
                "dictionary | [{'names': [' '], 'type': 'n'}] | d.dictionary[0].names[0]: expected a name of 1 to 256",
                "dictionary | [] | dictionary: expected 1 to 20000 fields, got 0",
                "dictionary | [{'names': ['a', 'a'], 'type': 'n'}] | dictionary: expected every field once, got a",
                "dictionary | [{'names': ['a'], 'type': 'n', 'enum': [true]}] | d.dictionary[0].enum[0]: expected a text or a finite number",
                "dictionary | [{'names': ['a'], 'type': 'n', 'unit': ' '}] | d.dictionary[0].unit: expected 1 to 64 characters",
                "dictionary | [{'names': ['a'], 'type': 'n', 'mean': 3}] | d.dictionary[0].mean: unknown member"
            })
    void registration_oneMemberAmiss_namesIt(String path, String value, String message) {
        String json = value == null ? "" : value.replace('\'', '"');
        assertThatThrownBy(() -> DatasetRegistration.parse(Documents.with(registration(), path, json), "d"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void evidence_withCertificatesAndGpu_writtenAndReadIsTheSame() {
        Evidence whole = new Evidence(
                HardwareType.AMD_SEV_SNP,
                new byte[] {1},
                new byte[] {2, 3},
                Optional.of(new Evidence.Gpu(new byte[] {4}, new byte[] {5, 6})),
                evidence().reportData());

        assertThat(Evidence.parse(whole.json(), "evidence").json()).isEqualTo(whole.json());
        assertThat(whole.json().toString()).contains("certificates", "gpu");
    }

    @Test
    void report_untrustedWithoutMeasurement_writtenAndReadIsTheSame() {
        AttestationReport refused = report().untrusted(evidence(), List.of("form: no quote"), report().verifiedAt());

        assertThat(AttestationReport.parse(refused.json()).json()).isEqualTo(refused.json());
        ObjectNode unread = refused.json().put("measurement", "");
        assertThat(AttestationReport.parse(unread).json()).isEqualTo(unread);
        unread.put("status", "TRUSTED").putArray("reasons");
        assertThatThrownBy(() -> AttestationReport.parse(unread))
                .hasMessage("measurement: expected at least one byte when TRUSTED, got none");
    }

    @Test
    void report_writtenAndRead_isTheSame() {
        assertThat(AttestationReport.parse(report().json()).json()).isEqualTo(report().json());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "status | 'TRUSTED' | reasons: expected none when TRUSTED",
                "reasons | [] | reasons: expected none when TRUSTED",
                "measurement | 'AB' | measurement: expected at most 128 bytes in lower-case hex",
                "expires_at | '2026-01-31T11:00:00Z' | expires_at: expected a time not before verified_at",
                "epoch | -1 | epoch: expected a whole number",
                "extra | 1 | extra: unknown member"
            })
    void report_oneMemberAmiss_namesIt(String path, String value, String message) {
        assertThatThrownBy(
                        () -> AttestationReport.parse(Documents.with(report().json(), path, value.replace('\'', '"'))))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void toString_evidence_showsNoQuote() {
        assertThat(evidence()).hasToString("Evidence[SIMULATED]");
    }
}
