package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.SmallJob;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.overseer.round.Awaited;
import ai.coreason.enclave.overseer.round.RoundsUnderWay;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.overseer.vault.StartSecret;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AppraisalTest {
    private static final String JOB = "6f1d2a34-0000-4000-8000-000000000001";
    private static final ContributionKey KEY = ContributionKey.of(JOB, 1, 1, "node_va");
    private static final Verdict TRUSTED = new Verdict.Trusted("ab");
    private static final String MEASURED = "c".repeat(64);
    private static final String OTHER = "9".repeat(64);

    private static ObjectNode charge;

    @TempDir
    private Path folder;

    private RoundTask task;
    private ObjectNode row;

    @BeforeAll
    static void charge(@TempDir Path ledgers) {
        try (SampleLedger ledger = new SampleLedger(ledgers)) {
            charge = ledger.rows().get(0).json();
        }
    }

    @BeforeEach
    void open() {
        SealingKeys keys = new SealingKeys(
                new Storage(folder.resolve("overseer").toString()),
                StartSecret.of("a secret that nobody else would guess"));
        keys.create(JOB);
        task = new RoundTask(
                KEY.attempt(),
                new byte[32],
                RoundsUnderWay.BASE,
                RoundsUnderWay.PLAN,
                Instant.parse("2026-11-24T00:00:00Z"),
                FederationJob.parse(SmallJob.document(), JobRules.inSimulation()),
                new SealingKey(keys.pair(JOB).publicKey()));
        row = charge.deepCopy();
        row.put("job_id", JOB)
                .put("job_digest", task.jobDigest())
                .put("model_digest", task.baseDigest())
                .put("state", "COMMITTED");
    }

    private UpdateEnvelope envelope(
            byte[] nonce, String jobDigest, String baseDigest, String planDigest, Map<Metric, Double> metrics) {
        return new UpdateEnvelope(
                new UpdateStatement(KEY, jobDigest, nonce, baseDigest, planDigest, row, metrics, OptionalLong.empty()),
                "c".repeat(64),
                new Evidence(
                        HardwareType.SIMULATED, new byte[] {1}, Json.object().put("code_manifest_sha256", MEASURED)));
    }

    private Awaited awaited() {
        NodePlan plan = new NodePlan("node_va", "heart", 85, task.plan(), 3.0, 1e-3, 1);
        return new Awaited(task.nonce(), task.jobDigest(), task.baseDigest(), plan, SampleLedger.HEART);
    }

    private UpdateEnvelope answer() {
        return envelope(new byte[32], task.jobDigest(), task.baseDigest(), task.planDigest(), Map.of());
    }

    private List<String> reasons(UpdateEnvelope update, Verdict evidence) {
        Appraisal appraisal = Appraisal.of(update, awaited(), evidence);
        assertThat(appraisal).isInstanceOf(Appraisal.Unfit.class);
        return ((Appraisal.Unfit) appraisal).reasons();
    }

    @Test
    void of_answerToTheTask_isFitWithItsCharge() {
        UpdateEnvelope update = answer();

        assertThat(Appraisal.of(update, awaited(), TRUSTED)).isInstanceOfSatisfying(Appraisal.Fit.class, fit -> {
            assertThat(fit.update().envelope()).isSameAs(update);
            assertThat(fit.update().proven()).isTrue();
            assertThat(fit.update().charge()).contains(ChargeRow.parse(row, "row"));
        });
    }

    @Test
    void of_answerToAnotherTask_namesEachMember() {
        byte[] nonce = new byte[32];
        nonce[31] = 1;

        assertThat(reasons(envelope(nonce, OTHER, OTHER, OTHER, Map.of(Metric.LOSS, 0.5)), TRUSTED))
                .hasSize(5)
                .startsWith(
                        "nonce: not the one of this task",
                        "job_digest: expected " + task.jobDigest() + ", got " + OTHER,
                        "base_digest: expected " + task.baseDigest() + ", got " + OTHER,
                        "plan_digest: expected " + task.planDigest() + ", got " + OTHER);
    }

    @Test
    void of_evidenceThatDoesNotHold_saysAllAndIsNotProvenAndStillBringsItsCharge() {
        Verdict refused = new Verdict.Refused(List.of(new Reason("tcb", "7", "6"), new Reason("vmpl", "0", "1")));

        assertThat(Appraisal.of(answer(), awaited(), refused)).isInstanceOfSatisfying(Appraisal.Unfit.class, unfit -> {
            assertThat(unfit.reasons()).containsExactly("tcb: expected 7, got 6", "vmpl: expected 0, got 1");
            assertThat(unfit.update().proven()).isFalse();
            assertThat(unfit.update().charge()).isPresent();
        });
    }

    static Stream<Arguments> foreignCharges() {
        return Stream.of(
                arguments(
                        change(r -> r.put("job_id", "another")),
                        "ledger_row.job_id: expected \"" + JOB + "\", got \"another\""),
                arguments(change(r -> r.put("round", 2)), "ledger_row.round: expected 1, got 2"),
                arguments(change(r -> r.put("attempt", 2)), "ledger_row.attempt: expected 1, got 2"),
                arguments(change(r -> r.put("job_digest", OTHER)), "ledger_row.job_digest: expected "),
                arguments(change(r -> r.put("model_digest", OTHER)), "ledger_row.model_digest: expected "),
                arguments(
                        change(r -> r.put("noise_multiplier", 2.0)),
                        "ledger_row.noise_multiplier: expected 3.0, got 2.0"),
                arguments(change(r -> r.put("steps", 6)), "ledger_row.steps: expected 5, got 6"),
                arguments(change(r -> r.put("max_grad_norm", 2.0)), "ledger_row.max_grad_norm: expected 1.0, got 2.0"),
                arguments(change(r -> r.put("normaliser", 17.0)), "ledger_row.normaliser: expected 16.0, got 17.0"),
                arguments(change(r -> r.put("job_limit", 400.0)), "ledger_row.job_limit: expected 3.0, got 400.0"),
                arguments(change(r -> r.put("job_delta", 0.3)), "ledger_row.job_delta: expected 0.001, got 0.3"),
                arguments(
                        change(r -> r.put("measurement", "not-the-measurement")),
                        "ledger_row.measurement: expected \"" + MEASURED + "\", got \"not-the-measurement\""),
                arguments(
                        change(r -> r.put("dataset_id", "decoy")),
                        "ledger_row.dataset_id: expected \"heart\", got \"decoy\""),
                arguments(change(r -> r.put("data_owner", "another")), "ledger_row.data_owner: expected "),
                arguments(change(r -> r.put("node_id", "node_b")), "ledger_row.node_id: expected "),
                arguments(
                        change(r ->
                                r.putObject("privacy_unit").put("column", "id").put("max_records", 2)),
                        "ledger_row.privacy_unit: expected \"record\", got {"),
                arguments(change(r -> r.put("recovered_from", OTHER)), "ledger_row.recovered_from: expected null"),
                arguments(change(r -> r.put("state", "EXPIRED")), "ledger_row.state: expected \"COMMITTED\""),
                arguments(change(r -> r.put("attempt", 101)), "ledger_row.attempt"),
                arguments(change(r -> r.put("more", 1)), "ledger_row.more"));
    }

    private static Consumer<ObjectNode> change(Consumer<ObjectNode> change) {
        return change;
    }

    @ParameterizedTest(name = "{1} {index}")
    @MethodSource("foreignCharges")
    void of_chargeOfSomethingElse_isUnfitAndNotMirrored(Consumer<ObjectNode> change, String why) {
        change.accept(row);

        assertThat(Appraisal.of(answer(), awaited(), TRUSTED)).isInstanceOfSatisfying(Appraisal.Unfit.class, unfit -> {
            assertThat(unfit.reasons()).singleElement().asString().startsWith(why);
            assertThat(unfit.update().charge()).isEmpty();
            assertThat(unfit.update().proven()).isTrue();
        });
    }

    /** What it measures is not known then, and the charge may be told all the same. */
    @Test
    void of_evidenceThatDoesNotHold_holdsTheRowToNoMeasurement() {
        row.put("measurement", OTHER);

        assertThat(Appraisal.of(answer(), awaited(), new Verdict.Refused(List.of(new Reason("tcb", "7", "6")))))
                .isInstanceOfSatisfying(Appraisal.Unfit.class, unfit -> {
                    assertThat(unfit.reasons()).containsExactly("tcb: expected 7, got 6");
                    assertThat(unfit.update().charge()).isPresent();
                });
    }

    @Test
    void unfit_withoutAReason_isABug() {
        Appraisal.Found found = ((Appraisal.Fit) Appraisal.of(answer(), awaited(), TRUSTED)).update();

        assertThatThrownBy(() -> new Appraisal.Unfit(found, List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
