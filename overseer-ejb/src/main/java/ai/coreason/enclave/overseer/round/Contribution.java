package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** One node's contribution to one attempt at a round: from the task handed out to the update admitted. */
@Entity
@Table(
        name = "contribution",
        uniqueConstraints =
                @UniqueConstraint(
                        name = "contribution_once",
                        columnNames = {"job_id", "round_number", "attempt", "node_id"}),
        indexes = @Index(name = "contribution_node", columnList = "node_id, contribution_state"))
public class Contribution {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "contribution_seq")
    @SequenceGenerator(name = "contribution_seq", sequenceName = "contribution_seq", allocationSize = 50)
    private long id;

    @Column(name = "job_id", nullable = false, length = 36)
    private String jobId;

    @Column(name = "round_number", nullable = false)
    private long round;

    @Column(nullable = false)
    private long attempt;

    @Column(name = "node_id", nullable = false, length = 64)
    private String nodeId;

    @Column(nullable = false, length = 44)
    private String nonce;

    @Enumerated(EnumType.STRING)
    @Column(name = "contribution_state", nullable = false, length = 16)
    private ContributionState state;

    @Column(length = 1000)
    private String reason;

    @Column(name = "sealed_digest", length = 64)
    private String sealedDigest;

    @Column(name = "envelope_digest", length = 64)
    private String envelopeDigest;

    @Column(name = "envelope_bytes", nullable = false)
    private long envelopeBytes;

    @Column(name = "train_ms", nullable = false)
    private long trainMillis;

    private Double loss;

    private Double accuracy;

    @Version
    private long version;

    /** For JPA. */
    protected Contribution() {}

    Contribution(Round round, String nodeId, String nonce) {
        this.jobId = round.jobId();
        this.round = round.number();
        this.attempt = round.attempt();
        this.nodeId = nodeId;
        this.nonce = nonce;
        this.state = ContributionState.INVITED;
    }

    /** Takes note of the sealed update in the vault. */
    void upload(Upload upload) {
        moveTo(ContributionState.UPLOADED, ContributionState.INVITED);
        sealedDigest = upload.sealedDigest();
        envelopeDigest = upload.envelopeDigest();
        envelopeBytes = upload.bytes();
    }

    /** Takes note that an update which waits came once more, as the vault had lost it: maybe in another envelope. */
    void uploadAgain(Upload upload) {
        moveTo(ContributionState.UPLOADED, ContributionState.UPLOADED);
        if (!upload.sealedDigest().equals(sealedDigest)) {
            throw new IllegalArgumentException(
                    "sealed bytes: expected " + sealedDigest + ", got " + upload.sealedDigest());
        }
        envelopeDigest = upload.envelopeDigest();
        envelopeBytes = upload.bytes();
    }

    /**
     * Whether its update waits to be judged and is not where it should be.
     *
     * @param held whether the vault has an envelope, by its digest
     */
    public boolean lost(Predicate<String> held) {
        return state == ContributionState.UPLOADED && !held.test(envelopeDigest);
    }

    /** Admits the update. */
    void admit(long trainMs, Map<Metric, Double> metrics) {
        moveTo(ContributionState.ADMITTED, ContributionState.UPLOADED);
        trainMillis = trainMs;
        loss = metrics.get(Metric.LOSS);
        accuracy = metrics.get(Metric.ACCURACY);
    }

    /** Refuses the update. */
    void reject(String why) {
        moveTo(ContributionState.REJECTED, ContributionState.UPLOADED);
        reason = cut(why);
    }

    /** Takes note that the node refused the task. */
    void decline(String why) {
        moveTo(ContributionState.DECLINED, ContributionState.INVITED);
        reason = cut(why);
    }

    /** Takes the node out of an attempt that is still open; its update, admitted or not, does not count. */
    void withdraw(String why) {
        switch (state) {
            case INVITED -> moveTo(ContributionState.MISSED, ContributionState.INVITED);
            case UPLOADED, ADMITTED -> moveTo(ContributionState.REJECTED, state);
            default -> {
                return;
            }
        }
        reason = cut(why);
    }

    /** Leaves the node out, as the round has ended; what was settled stays. */
    void miss(String why) {
        if (!state.settled()) {
            moveTo(ContributionState.MISSED, state);
            reason = cut(why);
        }
    }

    /**
     * Whether its task may be handed out.
     *
     * @param last the last attempt at its round
     * @param job where the job stands
     */
    boolean taskIsOpen(Round last, JobState job, Instant now) {
        return last.attempt() == attempt
                && last.state() == RoundState.OPEN
                && now.isBefore(last.deadline())
                && job == JobState.RUNNING;
    }

    private void moveTo(ContributionState next, ContributionState from) {
        if (state != from) {
            throw new IllegalStateException("contribution of " + nodeId + " to round " + round + "." + attempt + ": "
                    + state + " does not go to " + next);
        }
        state = next;
    }

    private static String cut(String why) {
        return why.substring(0, Math.min(why.length(), 1000));
    }

    /** Whose contribution it is, and to which attempt. */
    public ContributionKey key() {
        return ContributionKey.of(jobId, round, attempt, nodeId);
    }

    /** The job. */
    public String jobId() {
        return jobId;
    }

    /** From 1. */
    public long round() {
        return round;
    }

    /** From 1. */
    public long attempt() {
        return attempt;
    }

    /** The node. */
    public String nodeId() {
        return nodeId;
    }

    /** The single-use nonce of this task: 32 bytes in base64. */
    public String nonce() {
        return nonce;
    }

    /** Where it stands. */
    public ContributionState state() {
        return state;
    }

    /** Why it was refused, where it was. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** SHA-256 of the sealed bytes, once uploaded: the same again are the same update. */
    public Optional<String> sealedDigest() {
        return Optional.ofNullable(sealedDigest);
    }

    /** SHA-256 of the envelope in the vault, once uploaded. */
    public Optional<String> envelopeDigest() {
        return Optional.ofNullable(envelopeDigest);
    }

    /** Size of the envelope. */
    public long envelopeBytes() {
        return envelopeBytes;
    }

    /** The metrics that came with the update. */
    public Map<Metric, Double> metrics() {
        Map<Metric, Double> out = new EnumMap<>(Metric.class);
        Optional.ofNullable(loss).ifPresent(value -> out.put(Metric.LOSS, value));
        Optional.ofNullable(accuracy).ifPresent(value -> out.put(Metric.ACCURACY, value));
        return out;
    }

    /** How long the node trained, in milliseconds; told in simulation only, else 0. */
    public long trainMillis() {
        return trainMillis;
    }
}
