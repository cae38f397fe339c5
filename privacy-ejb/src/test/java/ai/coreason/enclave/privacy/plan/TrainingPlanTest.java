package ai.coreason.enclave.privacy.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingPlanTest {
    private static final TrainingPlan PLAN = new TrainingPlan(Mechanism.DP_SGD, 10, 0.25, 1.1, 1, 32, 0.1);

    @Test
    void parse_ownDocument_givesTheSamePlan() {
        assertThat(TrainingPlan.parse(PLAN.json(), "plan")).isEqualTo(PLAN);
        assertThat(TrainingPlan.parse(PLAN.json(), "plan").digest()).isEqualTo(PLAN.digest());
    }

    @ParameterizedTest
    @CsvSource({
        "mechanism, \"DP\"",
        "steps, 0",
        "steps, 1.5",
        "sampling_rate, 0",
        "sampling_rate, 1.0001",
        "noise_multiplier, 0",
        "noise_multiplier, -1",
        "max_grad_norm, 0",
        "max_grad_norm, 1e999",
        "max_grad_norm, 9e-7",
        "max_grad_norm, 3e38",
        "noise_multiplier, 1e7",
        "learning_rate, 1e7",
        "normaliser, 0",
        "learning_rate, 0",
        "learning_rate, \"0.1\"",
        "batch_size, 3"
    })
    void parse_memberOutOfRange_isRefusedByPath(String member, String value) {
        ObjectNode json = PLAN.json();
        json.set(member, Json.read(value));
        assertThatThrownBy(() -> TrainingPlan.parse(json, "plan"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("plan." + member);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'clipping': 'per_layer'}",
                "{'clipping': 'automatic', 'momentum': 0.5}",
                "{'momentum': 0.9}",
                "{'momentum': 0.9, 'nesterov': true, 'weight_decay': 1.0E-4}",
                "{'optimizer': 'ADAM'}",
                "{'optimizer': 'ADAM', 'weight_decay': 0.01, 'beta1': 0.8, 'beta2': 0.9, 'adam_epsilon': 1.0E-6}",
                "{'optimizer': 'ADAMW', 'weight_decay': 0.0}",
                "{'schedule': {'kind': 'constant', 'warmup_steps': 10}}",
                "{'schedule': {'kind': 'step', 'warmup_steps': 2, 'step_size': 3, 'gamma': 0.5}}",
                "{'optimizer': 'ADAMW', 'schedule': {'kind': 'cosine', 'eta_min': 0.01}}"
            })
    void json_options_standBehindThePlanAndComeBack(String options) {
        ObjectNode json = PLAN.json();
        ObjectNode added = (ObjectNode) Json.read(options.replace('\'', '"'));
        json.setAll(added);
        TrainingPlan plan = TrainingPlan.parse(json, "plan");
        assertThat(plan.json().toString()).isEqualTo(json.toString());
        assertThat(plan).isNotEqualTo(PLAN);
        assertThat(plan.digest()).isNotEqualTo(PLAN.digest());
    }

    @Test
    void json_defaultsWrittenOut_isTheShortPlan() {
        ObjectNode json = PLAN.json();
        json.put("clipping", "flat")
                .put("optimizer", "SGD")
                .put("momentum", 0)
                .put("nesterov", false)
                .put("weight_decay", 0.0);
        json.set("schedule", Json.read("{\"kind\": \"constant\", \"warmup_steps\": 0}"));
        assertThat(TrainingPlan.parse(json, "plan")).isEqualTo(PLAN);
        assertThat(PLAN.json().properties()).hasSize(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'optimizer': 'RMSPROP'} | plan.optimizer: expected one of SGD, ADAM, ADAMW, got ~'RMSPROP'~",
                "{'clipping': 'global'} | plan.clipping: expected one of flat, per_layer, automatic, got ~'global'~",
                "{'mechanism': 'NONE', 'noise_multiplier': 0, 'clipping': 'automatic'}"
                        + "| plan.clipping: expected flat or nothing with mechanism NONE, got ~'automatic'~",
                "{'momentum': 1} | plan.momentum: expected a number in [0, 1), got 1",
                "{'momentum': -0.1} | plan.momentum: expected a number in [0, 1), got -0.1",
                "{'nesterov': true} | plan.nesterov: expected false or nothing without momentum, got true",
                "{'beta1': 0.9} | plan.beta1: not allowed with optimizer SGD",
                "{'adam_epsilon': 1e-8} | plan.adam_epsilon: not allowed with optimizer SGD",
                "{'optimizer': 'ADAM', 'momentum': 0.9} | plan.momentum: not allowed with optimizer ADAM",
                "{'optimizer': 'ADAM', 'beta2': 1} | plan.beta2: expected a number in [0, 1), got 1",
                "{'optimizer': 'ADAM', 'adam_epsilon': 0} | plan.adam_epsilon: expected a finite number > 0, got 0",
                "{'weight_decay': -1} | plan.weight_decay: expected a finite number >= 0, got -1",
                "{'schedule': 'cosine'} | plan.schedule: expected an object, got ~'cosine'~",
                "{'schedule': {'kind': 'linear'}} | plan.schedule.kind: expected one of constant, step, cosine",
                "{'schedule': {'kind': 'COSINE'}} | plan.schedule.kind: expected one of constant, step, cosine",
                "{'schedule': {'kind': 'step'}} | plan.schedule.step_size: expected a whole number in [1, 10000000]",
                "{'schedule': {'step_size': 2}} | plan.schedule.step_size: unknown member",
                "{'schedule': {'kind': 'step', 'step_size': 1, 'gamma': 1.5}} | plan.schedule.gamma: expected a number",
                "{'schedule': {'kind': 'cosine', 'eta_min': 0.2}} | plan.schedule.eta_min: expected a number in [0.0, 0.1]",
                "{'schedule': {'warmup_steps': 11}} | plan.schedule.warmup_steps: expected a whole number in [0, 10]"
            })
    void parse_optionAmiss_isRefusedByPath(String options, String message) {
        ObjectNode json = PLAN.json();
        json.setAll((ObjectNode) Json.read(options.replace('\'', '"')));
        assertThatThrownBy(() -> TrainingPlan.parse(json, "plan"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message.replace("~", "").replace('\'', '"'));
    }

    @Test
    void create_optionsThatDoNotFit_areRefusedByMember() {
        assertThatThrownBy(() -> new Optimizer(Optimizer.Rule.ADAM, 0.9, false, 0, 0.9, 0.9, 1, Schedule.CONSTANT))
                .hasMessageStartingWith("momentum");
        assertThatThrownBy(() -> new Optimizer(Optimizer.Rule.SGD, 0, true, 0, 0, 0, 0, Schedule.CONSTANT))
                .hasMessageStartingWith("nesterov");
        assertThatThrownBy(() -> new Schedule(Schedule.Curve.STEP, 0, 0, 0.1, 0))
                .hasMessageStartingWith("step_size");
        Schedule warm = new Schedule(Schedule.Curve.CONSTANT, 11, 0, 1, 0);
        Optimizer sgd = new Optimizer(Optimizer.Rule.SGD, 0, false, 0, 0, 0, 0, warm);
        assertThatThrownBy(() -> new TrainingPlan(
                        Mechanism.DP_SGD,
                        10,
                        1,
                        1,
                        1,
                        Clipping.FLAT,
                        32,
                        0.1,
                        sgd,
                        MetricRelease.NONE,
                        NoiseForm.GAUSSIAN))
                .hasMessage("schedule.warmup_steps: expected at most the 10 steps, got 11");
    }

    @Test
    void create_outOfRange_isRefusedByMember() {
        assertThatThrownBy(() -> new TrainingPlan(Mechanism.DP_SGD, 10, 0, 1.1, 1, 32, 0.1))
                .hasMessage("sampling_rate: expected a number in (0, 1], got 0.0");
        assertThatThrownBy(() -> new TrainingPlan(Mechanism.DP_SGD, 10, 1, Double.NaN, 1, 32, 0.1))
                .hasMessageStartingWith("noise_multiplier");
        assertThatThrownBy(() -> new TrainingPlan(Mechanism.NONE, 10, 1, 1, 1, 32, 0.1))
                .hasMessageStartingWith("noise_multiplier");
    }
}
