package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.plan.MetricSpec;
import ai.coreason.enclave.privacy.plan.PlanRule;
import ai.coreason.enclave.privacy.plan.PrivacySpec;
import ai.coreason.enclave.privacy.plan.Strategy;
import ai.coreason.enclave.privacy.plan.TrainingSpec;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A request to train one model on the records of several nodes, as Foundry submits it and sites approve it. Immutable
 * and thread-safe.
 *
 * <p>{@link #digest()} names the job: it covers every member but {@code job_id}, so two submissions of one job have one
 * digest.
 */
public final class FederationJob {
    private static final int MAX_CLIENTS = 10_000;
    private static final int MAX_ROUNDS = 100_000;
    private static final int MAX_PURPOSE = 4_000;
    private static final long DEFAULT_DEADLINE_SECONDS = 600;
    private static final long MAX_DEADLINE_SECONDS = 7 * 24 * 3600L;

    /** What happens when fewer nodes than {@code min_clients} could pay for all rounds. */
    public enum OnBudget {
        /** Runs as many rounds as can be paid, then halts. */
        RUN_UNTIL_HALTED,
        /** Refuses the job at submission. */
        REFUSE
    }

    private final ObjectNode json;
    private final String digest;
    private final Optional<String> jobId;
    private final List<String> clients;
    private final int minClients;
    private final int rounds;
    private final PrivacySpec privacy;
    private final DatasetSpec dataset;
    private final TrainingSpec training;
    private final Duration roundDeadline;
    private final OnBudget onBudget;
    private final String purpose;
    private final OptionalLong seed;
    private final ModelGraph model;
    private final MetricSpec metrics;
    private final Optional<String> initialModel;
    private final OptionalDouble maxShare;

    private FederationJob(ObjectNode json, String path, JobRules rules) {
        this.json = json;
        JsonFields f = JsonFields.of(json, path);
        jobId = f.has("job_id") ? Optional.of(Formats.uuid(f, "job_id")) : Optional.empty();
        clients = readClients(f);
        minClients = (int) f.whole("min_clients", 1, clients.size());
        rounds = (int) f.whole("rounds", 1, MAX_ROUNDS);
        Strategy strategy = readStrategy(f);
        privacy = PrivacySpec.read(f.object("privacy"), rules.unprotected());
        dataset = DatasetSpec.read(f.object("dataset"));
        training = TrainingSpec.read(f.object("training"), strategy);
        roundDeadline = Duration.ofSeconds(
                f.whole("round_deadline_seconds", 1, MAX_DEADLINE_SECONDS, DEFAULT_DEADLINE_SECONDS));
        onBudget = f.constant("on_budget", OnBudget.class, OnBudget.RUN_UNTIL_HALTED);
        purpose = readPurpose(f);
        seed = readSeed(f, rules);
        model = ModelGraph.parse(f.any("model", "a model graph"), f.at("model"));
        metrics = MetricSpec.read(f, privacy, model);
        requireStopMetric(f);
        initialModel = f.has("initial_model") ? Optional.of(Formats.sha256(f, "initial_model")) : Optional.empty();
        maxShare = readMaxShare(f, clients.size());
        f.end();
        requireLabelFits(f.at("dataset.label.encode"), dataset.label().encode(), model.loss());
        digest = digestWithoutId(json, path);
    }

    /**
     * Reads a job.
     *
     * @throws InvalidDocument naming the first member that is missing, unknown, out of range or at odds with another
     */
    public static FederationJob parse(JsonNode json, JobRules rules) {
        return parse(json, "", rules);
    }

    /** Reads a job that stands at a path within another document; see {@link #parse(JsonNode, JobRules)}. */
    static FederationJob parse(JsonNode json, String path, JobRules rules) {
        if (json instanceof ObjectNode object) {
            return new FederationJob(object.deepCopy(), path, rules);
        }
        throw InvalidDocument.at(path, "an object", JsonFields.describe(json));
    }

    /** The job as it was submitted; a copy. */
    public ObjectNode json() {
        return json.deepCopy();
    }

    /** Lower-case hex SHA-256 over the canonical JSON without {@code job_id}. */
    public String digest() {
        return digest;
    }

    /** The id that the caller chose; empty where the Overseer assigns one. */
    public Optional<String> jobId() {
        return jobId;
    }

    /** Ids of the nodes that take part, none twice. */
    public List<String> clients() {
        return clients;
    }

    /** How many nodes a round needs, 1 to the number of clients. */
    public int minClients() {
        return minClients;
    }

    /** How many rounds to train, 1 to 100,000. */
    public int rounds() {
        return rounds;
    }

    /** The aggregation strategy. */
    public Strategy strategy() {
        return training.strategy().strategy();
    }

    /** The privacy asked for. */
    public PrivacySpec privacy() {
        return privacy;
    }

    /** The data asked for. */
    public DatasetSpec dataset() {
        return dataset;
    }

    /** How a node trains. */
    public TrainingSpec training() {
        return training;
    }

    /** What each node's plan follows from. */
    public PlanRule planRule() {
        return new PlanRule(privacy, training, metrics, rounds);
    }

    /** How long a round may take. */
    public Duration roundDeadline() {
        return roundDeadline;
    }

    /** What to do when the budget does not reach. */
    public OnBudget onBudget() {
        return onBudget;
    }

    /** Why the job is run, in the caller's words; may be empty. */
    public String purpose() {
        return purpose;
    }

    /** The seed of a repeatable simulation. */
    public OptionalLong seed() {
        return seed;
    }

    /** The model's architecture. */
    public ModelGraph model() {
        return model;
    }

    /** The training metrics that leave the nodes. */
    public MetricSpec metrics() {
        return metrics;
    }

    /** Digest of the weights to begin with; empty for fresh ones. */
    public Optional<String> initialModel() {
        return initialModel;
    }

    /** The most that one node may weigh in the average, a share in (0, 1]; empty if there is no limit but 1. */
    public OptionalDouble maxShare() {
        return maxShare;
    }

    @Override
    public String toString() {
        return "FederationJob[" + digest + "]";
    }

    private static List<String> readClients(JsonFields f) {
        List<String> clients = f.list("clients", "an array of node ids", (v, at) -> {
            if (!v.isTextual() || !JsonFields.isIdentifier(v.textValue())) {
                throw InvalidDocument.at(at, "1 to 64 of A-Z a-z 0-9 _ . -", JsonFields.describe(v));
            }
            return v.textValue();
        });
        if (clients.isEmpty() || clients.size() > MAX_CLIENTS) {
            throw InvalidDocument.at(f.at("clients"), "1 to " + MAX_CLIENTS + " node ids", clients.size());
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < clients.size(); i++) {
            if (!seen.add(clients.get(i))) {
                throw InvalidDocument.at(f.at("clients[" + i + "]"), "every node once", clients.get(i));
            }
        }
        return clients;
    }

    private static Strategy readStrategy(JsonFields f) {
        Strategy strategy = f.constant("strategy", Strategy.class);
        if (!strategy.available()) {
            throw InvalidDocument.at(
                    f.at("strategy"), "one available in this version: " + Strategy.availableNames(), strategy);
        }
        return strategy;
    }

    private void requireStopMetric(JsonFields f) {
        training.earlyStopping().ifPresent(stop -> {
            if (!metrics.metrics().contains(stop.metric())) {
                throw InvalidDocument.at(
                        f.at("training.early_stopping.metric"),
                        "one of the job's metrics",
                        stop.metric().wire());
            }
        });
    }

    private static String readPurpose(JsonFields f) {
        return f.has("purpose")
                ? f.text("purpose", "at most " + MAX_PURPOSE + " characters", s -> s.length() <= MAX_PURPOSE)
                : "";
    }

    private static OptionalLong readSeed(JsonFields f, JobRules rules) {
        if (!f.has("seed")) {
            return OptionalLong.empty();
        }
        if (!rules.simulation()) {
            throw InvalidDocument.at(f.at("seed"), "no seed outside a simulation", "one");
        }
        return OptionalLong.of(f.whole("seed", -Formats.MAX_WHOLE, Formats.MAX_WHOLE));
    }

    private static OptionalDouble readMaxShare(JsonFields f, int clients) {
        OptionalDouble share =
                f.optionalNumber("max_share", new JsonFields.Range(0, true, 1, false, "a number in (0, 1]"));
        if (share.isPresent() && share.getAsDouble() * clients < 1) {
            throw InvalidDocument.at(
                    f.at("max_share"), "at least 1/" + clients + " with " + clients + " clients", share.getAsDouble());
        }
        return share;
    }

    private static void requireLabelFits(String path, EncodingSpec encode, LossKind loss) {
        boolean fits = switch (loss) {
            case CROSS_ENTROPY -> encode instanceof EncodingSpec.ClassIndex;
            case BCE_WITH_LOGITS -> encode instanceof EncodingSpec.Binary;
            case MSE -> !encode.ordered();
        };
        if (!fits) {
            throw InvalidDocument.at(
                    path,
                    "class with loss cross_entropy, binary with bce_with_logits, a number with mse",
                    encode.wire() + " with " + loss.wire());
        }
    }

    private static String digestWithoutId(ObjectNode json, String path) {
        ObjectNode named = json.deepCopy();
        named.remove("job_id");
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(named.toString())) {
            throw InvalidDocument.at(path, "text that UTF-8 can encode", "half a surrogate pair");
        }
        return Json.digest(named);
    }
}
