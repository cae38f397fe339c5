package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.accounting.Phase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * One charge as the ledger exports it, with all that an auditor needs to compute ε again.
 *
 * <p>{@code hash} is SHA-256 over the canonical JSON (RFC 8785) of all members except {@code hash}, {@code state},
 * {@code signer} and {@code signature}, {@code previous_hash} among them; the first row's {@code previous_hash} is
 * {@link Dataset#genesis()}. The node signs the hash. The state is outside of both because it moves once, after the row
 * is chained; whichever state it has, the row is charged, so that a forged state changes no figure.
 *
 * @param sequence from 1, without gaps, per dataset
 * @param time when the charge was reserved, to the millisecond
 * @param request what was asked for
 * @param spending what the ledger held before and after
 * @param recoveredFrom the hash of the row that this one stands for, where a fork of the ledger was recovered
 * @param signature the node's; empty only while the row is made
 */
public record ChargeRow(
        long sequence,
        Instant time,
        Dataset dataset,
        ChargeRequest request,
        Spending spending,
        Optional<String> recoveredFrom,
        String previousHash,
        String hash,
        ChargeState state,
        Optional<RowSignature> signature) {
    private static final int MAX_TEXT = 128;
    private static final int MAX_SIGNATURE = 1024;
    private static final long MAX_STEPS = 10_000_000;

    /**
     * The dataset's and the job's cost around one charge. ε is NaN where the charge is unprotected.
     *
     * @param epsilonBefore ε of all charges on the dataset before this one, at the dataset's δ
     * @param epsilonAfter the same with this one
     * @param jobEpsilonAfter ε of this job's charges with this one, at the job's δ
     * @param filterOrder the order α* of the dataset's RDP filter
     * @param filterSpentAfter the summed RDP(α*) with this charge
     * @param accountant the accountant that computed the dataset's ε
     * @param version its version
     * @param jobAccountant the accountant that computed the job's ε: the one that gave the smaller figure
     * @param jobVersion its version
     * @param meaning what the figures bound; empty in rows of before {@link ChargeRule}, whose jobs were not pinned and
     *     whose figures leave unprotected charges out
     */
    public record Spending(
            double epsilonBefore,
            double epsilonAfter,
            double jobEpsilonAfter,
            double filterOrder,
            double filterSpentAfter,
            String accountant,
            String version,
            String jobAccountant,
            String jobVersion,
            Optional<Meaning> meaning) {}

    /** What the dataset's ε and the job's ε are bounds of. */
    public record Meaning(EpsilonMeaning dataset, EpsilonMeaning job) {}

    /** Chains a new row behind {@code previousHash} and signs it. */
    static ChargeRow chain(
            long sequence,
            Instant time,
            Dataset dataset,
            ChargeRequest request,
            Spending spending,
            String previousHash,
            RowSigner signer) {
        ChargeState state = request.phase().isPresent() ? ChargeState.RESERVED : ChargeState.UNPROTECTED;
        return new ChargeRow(
                        sequence,
                        time,
                        dataset,
                        request,
                        spending,
                        Optional.empty(),
                        previousHash,
                        "",
                        state,
                        Optional.empty())
                .signed(signer);
    }

    /** Chains a row of a lost branch behind {@code previousHash} and signs it; it is charged once more and has ended. */
    static ChargeRow recovered(
            long sequence, Instant time, ChargeRow lost, Spending spending, String previousHash, RowSigner signer) {
        ChargeState state = lost.request.phase().isPresent() ? ChargeState.EXPIRED : ChargeState.UNPROTECTED;
        return new ChargeRow(
                        sequence,
                        time,
                        lost.dataset,
                        lost.request,
                        spending,
                        Optional.of(lost.hash),
                        previousHash,
                        "",
                        state,
                        Optional.empty())
                .signed(signer);
    }

    /** The hash that this row must carry. */
    public String computedHash() {
        ObjectNode o = json();
        o.remove(java.util.List.of("hash", "state", "signer", "signature"));
        return Json.digest(o);
    }

    /** The same charge in another state. */
    ChargeRow in(ChargeState next) {
        return with(hash, next, signature);
    }

    private ChargeRow signed(RowSigner signer) {
        String computed = computedHash();
        return with(computed, state, Optional.of(signer.sign(computed)));
    }

    private ChargeRow with(String newHash, ChargeState newState, Optional<RowSignature> newSignature) {
        return new ChargeRow(
                sequence,
                time,
                dataset,
                request,
                spending,
                recoveredFrom,
                previousHash,
                newHash,
                newState,
                newSignature);
    }

    /** The row in the export's form. */
    public ObjectNode json() {
        ObjectNode o = Json.object()
                .put("sequence", sequence)
                .put("time", time.toString())
                .put("data_owner", dataset.dataOwner())
                .put("dataset_id", dataset.datasetId());
        o.set("privacy_unit", dataset.unit().json());
        o.put("adjacency", "ADD_REMOVE")
                .put("declared_rows", dataset.declaredRows())
                .put("public", dataset.open())
                .put("job_id", request.key().jobId())
                .put("job_digest", request.jobDigest())
                .put("round", request.key().round())
                .put("attempt", request.key().attempt())
                .put("node_id", request.nodeId())
                .put("mechanism", request.phase().isPresent() ? "DP_SGD" : "NONE");
        request.phase()
                .ifPresentOrElse(
                        p -> o.put("sampling_rate", p.samplingRate())
                                .put("noise_multiplier", p.noiseMultiplier())
                                .put("steps", p.steps()),
                        () -> o.putNull("sampling_rate")
                                .putNull("noise_multiplier")
                                .putNull("steps"));
        o.put("max_grad_norm", request.maxGradNorm())
                .put("normaliser", request.normaliser())
                .put("delta", dataset.delta())
                .put("job_delta", request.jobDelta());
        putNumber(o, "epsilon_before", spending.epsilonBefore());
        putNumber(o, "epsilon_after", spending.epsilonAfter());
        putNumber(o, "job_epsilon_after", spending.jobEpsilonAfter());
        o.put("job_limit", request.jobLimit())
                .put("ceiling", dataset.ceiling())
                .put("filter_order", spending.filterOrder())
                .put("filter_spent_after", spending.filterSpentAfter())
                .put("accountant", spending.accountant())
                .put("accountant_version", spending.version())
                .put("job_accountant", spending.jobAccountant())
                .put("job_accountant_version", spending.jobVersion());
        spending.meaning()
                .ifPresent(m -> o.put("epsilon_meaning", m.dataset().name())
                        .put("job_epsilon_meaning", m.job().name()));
        o.put("state", state.name())
                .put("model_digest", request.modelDigest())
                .put("measurement", request.measurement())
                .put("recovered_from", recoveredFrom.orElse(null))
                .put("previous_hash", previousHash)
                .put("hash", hash);
        return o.put("signer", signature.map(RowSignature::signer).orElse(null))
                .put("signature", signature.map(RowSignature::value).orElse(null));
    }

    /**
     * Reads a row; hash and signature are read, not checked.
     *
     * @throws InvalidDocument naming the member that is wrong
     */
    public static ChargeRow parse(JsonNode node, String path) {
        JsonFields f = JsonFields.of(node, path);
        try {
            ChargeRow row = read(f);
            f.end();
            return row;
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at(path, "a row whose members fit each other", e.getMessage());
        }
    }

    private static ChargeRow read(JsonFields f) {
        Dataset dataset = Dataset.parse(f, "ceiling");
        f.text("adjacency", "ADD_REMOVE", "ADD_REMOVE"::equals);
        String mechanism = f.text("mechanism", "DP_SGD or NONE", s -> s.equals("DP_SGD") || s.equals("NONE"));
        Optional<Phase> phase = Optional.empty();
        if (mechanism.equals("DP_SGD")) {
            phase = Optional.of(new Phase(
                    f.number("sampling_rate", Range.rate()),
                    f.number("noise_multiplier", Range.positive()),
                    f.whole("steps", 1, MAX_STEPS)));
        } else {
            f.has("sampling_rate");
            f.has("noise_multiplier");
            f.has("steps");
        }
        AttemptKey key = new AttemptKey(
                brief(f, "job_id"),
                f.whole("round", 1, Long.MAX_VALUE),
                f.whole("attempt", 1, AttemptKey.MAX_ATTEMPTS));
        ChargeRequest request = new ChargeRequest(
                dataset.datasetId(),
                key,
                digest(f, "job_digest"),
                brief(f, "node_id"),
                phase,
                f.number("max_grad_norm", Range.positive()),
                f.number("normaliser", Range.positive()),
                f.number("job_limit", Range.positive()),
                f.number("job_delta", Range.openUnit()),
                digest(f, "model_digest"),
                brief(f, "measurement"));
        Spending spending = new Spending(
                f.number("epsilon_before", Range.nonNegative(), Double.NaN),
                f.number("epsilon_after", Range.nonNegative(), Double.NaN),
                f.number("job_epsilon_after", Range.nonNegative(), Double.NaN),
                f.number("filter_order", Range.positive()),
                f.number("filter_spent_after", Range.nonNegative()),
                brief(f, "accountant"),
                brief(f, "accountant_version"),
                brief(f, "job_accountant"),
                brief(f, "job_accountant_version"),
                meaning(f));
        return new ChargeRow(
                f.whole("sequence", 1, Long.MAX_VALUE),
                Instant.parse(f.text("time", "an RFC 3339 UTC time", ChargeRow::isTime)),
                dataset,
                request,
                spending,
                f.has("recovered_from") ? Optional.of(brief(f, "recovered_from")) : Optional.empty(),
                digest(f, "previous_hash"),
                digest(f, "hash"),
                f.constant("state", ChargeState.class),
                signature(f));
    }

    private static Optional<Meaning> meaning(JsonFields f) {
        return f.has("epsilon_meaning") || f.has("job_epsilon_meaning")
                ? Optional.of(new Meaning(
                        f.constant("epsilon_meaning", EpsilonMeaning.class),
                        f.constant("job_epsilon_meaning", EpsilonMeaning.class)))
                : Optional.empty();
    }

    /** Bounded, because rows are stored and come from outside. */
    private static String brief(JsonFields f, String name) {
        return f.text(
                name, "1 to " + MAX_TEXT + " printable ASCII characters", s -> s.matches("[!-~]{1," + MAX_TEXT + "}"));
    }

    private static String digest(JsonFields f, String name) {
        return f.text(name, "64 lower-case hex digits", s -> s.matches("[0-9a-f]{64}"));
    }

    private static Optional<RowSignature> signature(JsonFields f) {
        Optional<String> signer = f.has("signer") ? Optional.of(brief(f, "signer")) : Optional.empty();
        Optional<String> value = f.has("signature")
                ? Optional.of(f.text(
                        "signature",
                        "base64 of at most " + MAX_SIGNATURE + " characters",
                        s -> s.length() <= MAX_SIGNATURE))
                : Optional.empty();
        return signer.flatMap(s -> value.map(v -> new RowSignature(s, v)));
    }

    private static boolean isTime(String s) {
        try {
            return Instant.parse(s) != null;
        } catch (java.time.format.DateTimeParseException e) {
            return false;
        }
    }

    private static void putNumber(ObjectNode o, String name, double value) {
        if (Double.isNaN(value)) {
            o.putNull(name);
        } else {
            o.put(name, value);
        }
    }
}
