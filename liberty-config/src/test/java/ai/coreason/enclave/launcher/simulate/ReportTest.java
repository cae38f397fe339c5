package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class ReportTest {
    static final JsonNode JOB = Json.read("""
            {"job_id": "j", "job_digest": "x", "status": "HALTED_BUDGET", "reason": "too few can pay",
             "strategy": "FED_AVG", "rounds_total": 3, "round": 1, "model_digest": "abc",
             "nodes": [
               {"node_id": "node_a", "declared_rows": 10, "affordable_rounds": 1, "epsilon": 0.81, "delta": 0.001,
                "limit": 3.0, "noise_multiplier": 1.0, "sampling_rate": 0.1, "steps": 5, "status": "ACTIVE"},
               {"node_id": "node_b", "declared_rows": 20, "affordable_rounds": 1, "epsilon": null, "delta": 0.001,
                "limit": 3.0, "noise_multiplier": 0.0, "sampling_rate": 0.1, "steps": 5, "status": "LEFT",
                "reason": "budget"}]}
            """);
    static final JsonNode ROUNDS = Json.read("""
            [{"round": 1, "attempt": 1, "state": "ABANDONED", "participants": [], "declined": [], "duration_ms": 9},
             {"round": 1, "attempt": 2, "state": "CLOSED", "participants": ["node_a", "node_b"],
              "declined": [{"node_id": "node_c", "state": "DECLINED", "reason": "SCHEMA"}], "duration_ms": 1200,
              "train_ms": {"node_a": 7}, "open_ms": 1000, "aggregate_ms": 200, "update_bytes": 99,
              "base_digest": "0", "metrics": {}},
             {"round": 2, "attempt": 1, "state": "OPEN", "participants": [], "declined": []}]
            """);

    @Test
    void of_answers_hasExactlyTheContractsMembersAndClosedRoundsOnly() {
        ObjectNode report = Report.of(JOB, ROUNDS, 5000, 3000);

        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly(
                        "job_id",
                        "status",
                        "reason",
                        "strategy",
                        "model_digest",
                        "rounds",
                        "nodes",
                        "wall_ms",
                        "ready_ms");
        assertThat(report.path("rounds")).hasSize(1);
        assertThat(report.path("rounds").get(0).fieldNames())
                .toIterable()
                .containsExactly(
                        "round",
                        "participants",
                        "duration_ms",
                        "train_ms",
                        "open_ms",
                        "aggregate_ms",
                        "update_bytes",
                        "metrics");
        assertThat(report.path("nodes")).hasSize(2);
        assertThat(report.path("nodes").get(1).path("reason").asText()).isEqualTo("budget");
    }

    @Test
    void summary_haltedJob_saysWhyAndWhatWasSpent() {
        assertThat(Report.summary(Report.of(JOB, ROUNDS, 5000, 3000), 3))
                .contains("HALTED_BUDGET after 1 of 3 rounds, 5.0 s (servers ready after 3.0 s)")
                .contains("reason: too few can pay")
                .contains("10 rows declared")
                .contains("eps 0.810 of 3.000 at delta 0.001")
                .contains("no privacy mechanism")
                .contains("NOT FINISHED: model.safetensors is the model after round 1")
                .contains("a node is charged before it trains")
                .contains("model so far abc");
    }

    @Test
    void summary_completedJob_doesNotSayUnfinished() {
        ObjectNode job = JOB.deepCopy();
        job.put("status", "COMPLETED").remove("reason");

        assertThat(Report.summary(Report.of(job, ROUNDS, 5000, 3000), 1))
                .contains("COMPLETED after 1 of 1 rounds")
                .contains("  model abc")
                .doesNotContain("NOT FINISHED", "charged before", "model so far");
    }

    @Test
    void update_calledTwice_tellsEachEventOnce() {
        ProgressText progress = new ProgressText();

        assertThat(progress.update(JOB, ROUNDS))
                .containsExactly(
                        "round 1  attempt 1 abandoned",
                        "round 1  node_c out: SCHEMA",
                        "round 1/3  2 in  1.2 s  eps node_a 0.81/3.00  about 2 s left",
                        "node_b LEFT: budget");
        assertThat(progress.update(JOB, ROUNDS)).isEmpty();
    }
}
