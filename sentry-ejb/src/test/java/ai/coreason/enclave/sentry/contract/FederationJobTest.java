package ai.coreason.enclave.sentry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.plan.Clipping;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.Optimizer;
import ai.coreason.enclave.privacy.plan.Schedule;
import ai.coreason.enclave.privacy.plan.Strategy;
import ai.coreason.enclave.privacy.plan.TrainingSpec;
import ai.coreason.enclave.sentry.Documents;
import ai.coreason.enclave.sentry.SharedData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FederationJobTest {
    private static final JobRules SIMULATION = JobRules.inSimulation();

    private static FederationJob parse(ObjectNode json) {
        return FederationJob.parse(json, SIMULATION);
    }

    @Test
    void parse_everyMember_isReadWithItsValue() {
        FederationJob job = parse(Jobs.full());
        assertThat(job.jobId()).contains("0b0f7b5e-3c9b-4a55-8f0a-6f5a2b7d9c11");
        assertThat(job.clients()).containsExactly("node_a", "node_b", "node_c");
        assertThat(job.minClients()).isEqualTo(2);
        assertThat(job.rounds()).isEqualTo(20);
        assertThat(job.strategy()).isEqualTo(Strategy.FED_AVG);
        assertThat(job.privacy().mechanism()).isEqualTo(Mechanism.DP_SGD);
        assertThat(job.privacy().noiseMultiplier()).hasValue(1.5);
        assertThat(job.privacy().targetDelta()).hasValue(1e-5);
        assertThat(job.dataset().features())
                .containsExactly(
                        new EncodedField("age", new EncodingSpec.MinMax(StatedBounds.NONE)),
                        new EncodedField("bp", new EncodingSpec.Standardise(130, 17.5, StatedBounds.NONE)));
        assertThat(job.dataset().label().encode()).isEqualTo(new EncodingSpec.Binary(List.of()));
        assertThat(job.training().localSteps()).isEqualTo(10);
        assertThat(job.training().strategy().maxUpdateNorm()).hasValue(10);
        assertThat(job.roundDeadline()).isEqualTo(Duration.ofMinutes(10));
        assertThat(job.onBudget()).isEqualTo(FederationJob.OnBudget.REFUSE);
        assertThat(job.purpose()).isEqualTo("a trial");
        assertThat(job.seed()).hasValue(7);
        assertThat(job.initialModel()).contains("ab".repeat(32));
        assertThat(job.json()).isEqualTo(Jobs.full());
    }

    @Test
    void parse_optimizerAndClipping_areReadWithTheirValues() {
        ObjectNode json = Documents.with(Jobs.full(), "privacy.clipping", "\"per_layer\"");
        json = Documents.with(json, "training.optimizer", "\"ADAMW\"");
        json = Documents.with(json, "training.beta1", "0.8");
        json = Documents.with(json, "training.schedule", "{\"kind\": \"cosine\", \"warmup_steps\": 2}");
        FederationJob job = parse(json);
        assertThat(job.privacy().clipping()).isEqualTo(Clipping.PER_LAYER);
        assertThat(job.training().optimizer())
                .isEqualTo(new Optimizer(
                        Optimizer.Rule.ADAMW,
                        0,
                        false,
                        0.01,
                        0.8,
                        0.999,
                        1e-8,
                        new Schedule(Schedule.Curve.COSINE, 2, 0, 1, 0)));
        assertThat(parse(Documents.with(Jobs.full(), "training.optimizer", ""))
                        .training()
                        .optimizer())
                .isEqualTo(Optimizer.PLAIN);
    }

    @Test
    void parse_onlyTheNecessaryMembers_takesDefaults() {
        ObjectNode json = Jobs.full();
        for (String name : List.of(
                "job_id", "metrics", "round_deadline_seconds", "on_budget", "purpose", "seed", "initial_model")) {
            json.remove(name);
        }
        Documents.with(json, "privacy.noise_multiplier", "");
        Documents.with(json, "privacy.target_delta", "");
        FederationJob job = FederationJob.parse(json, JobRules.production());
        assertThat(job.jobId()).isEmpty();
        assertThat(job.privacy().noiseMultiplier()).isEmpty();
        assertThat(job.privacy().targetDelta()).isEmpty();
        assertThat(job.onBudget()).isEqualTo(FederationJob.OnBudget.RUN_UNTIL_HALTED);
        assertThat(job.roundDeadline()).isEqualTo(Duration.ofSeconds(600));
        assertThat(job.seed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "clients | [] | clients: expected 1 to 10000 node ids, got 0",
                "clients | ['a','a'] | clients[1]: expected every node once, got a",
                "clients[1] | '../etc' | clients[1]: expected 1 to 64 of A-Z a-z 0-9 _ . -, got \"../etc\"",
                "clients[1] | '..' | clients[1]: expected 1 to 64 of A-Z a-z 0-9 _ . -, got \"..\"",
                "clients[0] | 7 | clients[0]: expected 1 to 64 of A-Z a-z 0-9 _ . -, got 7",
                "min_clients | 4 | min_clients: expected a whole number in [1, 3], got 4",
                "min_clients | 0 | min_clients: expected a whole number in [1, 3], got 0",
                "rounds | 0 | rounds: expected a whole number in [1, 100000], got 0",
                "rounds | 100001 | rounds: expected a whole number in [1, 100000], got 100001",
                "rounds | 1e2 | rounds: expected a whole number in [1, 100000], got 100.0",
                "strategy | 'KRUM' | strategy: expected one available in this version: FED_AVG, got KRUM",
                "strategy | 'fed_avg' | strategy: expected one of FED_AVG,",
                "privacy.mechanism | 'LAPLACE' | privacy.mechanism: expected one of DP_SGD, NONE, got \"LAPLACE\"",
                "privacy.noise_multiplier | 0 | privacy.noise_multiplier: expected a number > 0",
                "privacy.noise_multiplier | -1 | privacy.noise_multiplier: expected a number > 0",
                "privacy.noise_multiplier | 1e999 | privacy.noise_multiplier: expected a number > 0",
                "privacy.noise_multiplier | '1' | privacy.noise_multiplier: expected a number > 0",
                "privacy.max_grad_norm |  | privacy.max_grad_norm: expected a number > 0",
                "privacy.max_grad_norm | 0 | privacy.max_grad_norm: expected a number > 0",
                "privacy.max_grad_norm | 1e-300 | privacy.max_grad_norm: expected a number > 0",
                "privacy.target_epsilon | 5.000001 | privacy.target_epsilon: expected a number in (0, 5.0]",
                "privacy.target_epsilon | 0 | privacy.target_epsilon: expected a number in (0, 5.0]",
                "privacy.target_epsilon |  | privacy.target_epsilon: expected a number in (0, 5.0], got nothing",
                "privacy.target_delta | 1 | privacy.target_delta: expected a number in (0, 1), got 1",
                "privacy.clipping | 'layers' | privacy.clipping: expected one of flat, per_layer, automatic, got",
                "privacy.extra | 1 | privacy.extra: unknown member",
                "dataset.name | 'a b' | dataset.name: expected 1 to 64",
                "dataset.features | [] | dataset.features: expected 1 to 10000 features, got 0",
                "dataset.features[1].field | 'age' | dataset.features[1].field: expected every field once, got age",
                "dataset.features[0].encode | 'class' | dataset.features[0].encode: expected one of identity,",
                "dataset.features[0].encode | 'tensor' | dataset.features: expected a tensor to be the only feature",
                "dataset.features[0].scale | 2 | dataset.features[0].scale: unknown member",
                "dataset.features[1].std | 0 | dataset.features[1].std: expected a number > 0",
                "dataset.features[1].mean |  | dataset.features[1].mean: expected a finite number, got nothing",
                "dataset.label.encode | 'one_hot' | dataset.label.encode: expected one of identity,",
                "dataset.label.encode | 'class' | dataset.label.encode: expected class with loss cross_entropy",
                "training.optimizer | 'adam' | training.optimizer: expected one of SGD, ADAM, ADAMW, got",
                "training.momentum | 1 | training.momentum: expected a number in [0, 1), got 1",
                "training.nesterov | true | training.nesterov: expected false or nothing without momentum, got true",
                "training.weight_decay | -1 | training.weight_decay: expected a finite number >= 0, got -1",
                "training.beta1 | 0.9 | training.beta1: not allowed with optimizer SGD",
                "training.schedule | {'kind': 'linear'} | training.schedule.kind: expected one of constant, step, cosine",
                "training.schedule | {'warmup_steps': 11} | training.schedule.warmup_steps: expected a whole number in [0, 10]",
                "training.learning_rate | -0.1 | training.learning_rate: expected a number > 0",
                "training.local_steps | 0 | training.local_steps: expected a whole number in [1, 1000000], got 0",
                "training.batch_size |  | training.batch_size: expected either batch_size or sampling_rate, got neither",
                "training.sampling_rate | 0.1 | training.batch_size: expected either batch_size or sampling_rate, got both",
                "training.proximal_mu | 0.1 | training.proximal_mu: expected 0 or nothing with strategy FED_AVG, got 0.1",
                "training.server_beta1 | 0.9 | training.server_beta1: not allowed with strategy FED_AVG",
                "training.server_tau | 0.9 | training.server_tau: not allowed with strategy FED_AVG",
                "training.trim_fraction | 0.1 | training.trim_fraction: not allowed with strategy FED_AVG",
                "training.krum_byzantine | 1 | training.krum_byzantine: not allowed with strategy FED_AVG",
                "training.client_fraction | 0.5 | training.client_fraction: expected 1: this version trains on every",
                "training.max_update_norm | 0 | training.max_update_norm: expected a finite number > 0, got 0",
                "metrics | ['loss', 'loss'] | metrics[1]: expected every metric once, got loss",
                "metrics | ['auc'] | metrics[0]: expected loss or accuracy, got \"auc\"",
                "metrics | 'loss' | metrics: expected an array of names of metrics, got \"loss\"",
                "round_deadline_seconds | 0 | round_deadline_seconds: expected a whole number in [1, 604800], got 0",
                "on_budget | 'HALT' | on_budget: expected one of RUN_UNTIL_HALTED, REFUSE, got \"HALT\"",
                "seed | 9007199254740992 | seed: expected a whole number in [-9007199254740991, 9007199254740991]",
                "max_share | 0 | max_share: expected a number in (0, 1], got 0",
                "max_share | 1.01 | max_share: expected a number in (0, 1], got 1.01",
                "max_share | 0.33 | max_share: expected at least 1/3 with 3 clients, got 0.33",
                "initial_model | 'AB' | initial_model: expected 64 lower-case hex digits, got \"AB\"",
                "job_id | '1' | job_id: expected a UUID, got \"1\"",
                "model |  | model: expected a model graph, got nothing",
                "model.loss | 'hinge' | model.loss: expected one of",
                "extra | 1 | extra: unknown member"
            })
    void parse_oneMemberAmiss_namesItExpectedAndCame(String path, String value, String message) {
        String json = value == null ? "" : value.replace('\'', '"');
        assertThatThrownBy(() -> parse(Documents.with(Jobs.full(), path, json)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "clients",
                "min_clients",
                "rounds",
                "strategy",
                "privacy",
                "dataset",
                "training",
                "model",
                "dataset.name",
                "dataset.features",
                "dataset.label",
                "dataset.label.field",
                "dataset.label.encode",
                "training.learning_rate",
                "training.local_steps"
            })
    void parse_necessaryMemberLeftOut_isRefusedByName(String path) {
        assertThatThrownBy(() -> parse(Documents.with(Jobs.full(), path, "")))
                .isInstanceOfSatisfying(
                        InvalidDocument.class, e -> assertThat(e.field()).isEqualTo(path))
                .hasMessageEndingWith("got nothing");
    }

    /** Every member of the full job, one at a time, replaced by values of every other type. */
    @Test
    void parse_anyMemberOfAnotherType_isRefusedAndNeverFailsOtherwise() {
        List<String> values = List.of("true", "[]", "{}", "\"\\u0000\"", "-1", "1e400", "[[1]]", "\"\"");
        for (String path : paths("", Jobs.full())) {
            for (String value : values) {
                ObjectNode json = Documents.with(Jobs.full(), path, value);
                try {
                    parse(json);
                } catch (InvalidDocument refused) {
                    assertThat(refused.getMessage()).hasSizeLessThan(400);
                }
            }
        }
    }

    private static List<String> paths(String prefix, JsonNode node) {
        List<String> out = new java.util.ArrayList<>();
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                out.add(prefix + "[" + i + "]");
                out.addAll(paths(prefix + "[" + i + "]", array.get(i)));
            }
        } else {
            for (Map.Entry<String, JsonNode> e : node.properties()) {
                String path = prefix.isEmpty() ? e.getKey() : prefix + "." + e.getKey();
                out.add(path);
                out.addAll(paths(path, e.getValue()));
            }
        }
        return out;
    }

    @Test
    void parse_maxShare_isReadAndNoLimitWhenLeftOut() {
        assertThat(FederationJob.parse(Jobs.full(), JobRules.inSimulation()).maxShare())
                .isEmpty();
        assertThat(FederationJob.parse(Jobs.full().put("max_share", 0.5), JobRules.inSimulation())
                        .maxShare())
                .hasValue(0.5);
    }

    @Test
    void parse_seedOutsideSimulation_isRefused() {
        assertThatThrownBy(() -> FederationJob.parse(Jobs.full(), JobRules.production()))
                .hasMessage("seed: expected no seed outside a simulation, got one");
    }

    @Test
    void parse_noMechanism_isForSimulationOrPublicDataOnly() {
        ObjectNode json =
                Documents.with(Jobs.full(), "privacy", "{\"mechanism\": \"NONE\", \"noise_multiplier\": 0.0}");
        json.remove("seed");
        assertThat(parse(json).privacy().mechanism()).isEqualTo(Mechanism.NONE);
        assertThat(FederationJob.parse(json, new JobRules(false, true))
                        .privacy()
                        .noiseMultiplier())
                .hasValue(0);
        assertThatThrownBy(() -> FederationJob.parse(json, JobRules.production()))
                .hasMessageStartingWith("privacy.mechanism: expected DP_SGD");
    }

    @Test
    void parse_noiseWithoutMechanism_isRefused() {
        ObjectNode json = Documents.with(Jobs.full(), "privacy.mechanism", "\"NONE\"");
        assertThatThrownBy(() -> parse(json))
                .hasMessage("privacy.noise_multiplier: expected 0 or nothing with mechanism NONE, got 1.5");
    }

    @Test
    void parse_mechanismLeftOut_isDpSgd() {
        assertThat(parse(Documents.with(Jobs.full(), "privacy.mechanism", ""))
                        .privacy()
                        .mechanism())
                .isEqualTo(Mechanism.DP_SGD);
    }

    @Test
    void digest_jobIdAndOrderOfMembers_doNotCount() {
        ObjectNode other = Json.object();
        List<Map.Entry<String, JsonNode>> members =
                new java.util.ArrayList<>(Jobs.full().properties());
        java.util.Collections.reverse(members);
        members.forEach(e -> other.set(e.getKey(), e.getValue()));
        other.remove("job_id");
        assertThat(parse(other).digest()).isEqualTo(parse(Jobs.full()).digest());
        assertThat(parse(Documents.with(Jobs.full(), "rounds", "21")).digest())
                .isNotEqualTo(parse(Jobs.full()).digest());
    }

    @Test
    void digest_textThatCannotBeCanonical_isRefused() {
        ObjectNode json = Jobs.full().put("purpose", "\ud800");
        assertThatThrownBy(() -> parse(json)).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void json_changedByTheCaller_doesNotChangeTheJob() {
        FederationJob job = parse(Jobs.full());
        job.json().put("rounds", 1);
        assertThat(job.json().get("rounds").intValue()).isEqualTo(20);
    }

    @Test
    void samplingRate_fromBatchSize_isCappedAtOne() {
        TrainingSpec training = parse(Jobs.full()).training();
        assertThat(training.samplingRate(64)).isEqualTo(0.5);
        assertThat(training.samplingRate(10)).isEqualTo(1.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"heart/job_dp.json", "heart/job_halts.json", "heart/job_plain.json", "mnist/job_dp.json"})
    void parse_jobsOfTheSampleFederations_areAccepted(String name) throws Exception {
        Path file = SharedData.file("federations/" + name);
        JobRules rules = name.contains("plain") ? SIMULATION : JobRules.production();
        FederationJob job = FederationJob.parse(Json.read(Files.readAllBytes(file)), rules);
        assertThat(job.clients()).hasSize(4);
    }
}
