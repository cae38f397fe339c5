package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.overseer.evaluation.HeldOut;
import ai.coreason.enclave.overseer.evaluation.Score;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/** One attempt at one round of a job. All attempts of a round start from the same base model. */
@Entity
@Table(
        name = "job_round",
        uniqueConstraints =
                @UniqueConstraint(
                        name = "job_round_once",
                        columnNames = {"job_id", "round_number", "attempt"}))
public class Round {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LATER_PAUSE = Duration.ofSeconds(30);

    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "job_round_seq")
    @SequenceGenerator(name = "job_round_seq", sequenceName = "job_round_seq", allocationSize = 50)
    private long id;

    @Column(name = "job_id", nullable = false, length = 36)
    private String jobId;

    @Column(name = "round_number", nullable = false)
    private long number;

    @Column(nullable = false)
    private long attempt;

    @Enumerated(EnumType.STRING)
    @Column(name = "round_state", nullable = false, length = 16)
    private RoundState state;

    @Column(name = "base_digest", nullable = false, length = 64)
    private String baseDigest;

    @Column(name = "model_digest", length = 64)
    private String modelDigest;

    @Column(name = "opened_at", nullable = false)
    private Instant openedAt;

    @Column(nullable = false)
    private Instant deadline;

    @Column(name = "aggregating_at")
    private Instant aggregatingAt;

    @Column(name = "ended_at")
    private Instant endedAt;

    @Column(name = "held_out_records")
    private Long heldOutRecords;

    @Column(name = "held_out_loss")
    private Double heldOutLoss;

    @Column(name = "held_out_accuracy")
    private Double heldOutAccuracy;

    @Column(name = "held_out_notes", length = HeldOut.MAX_TEXT)
    private String heldOutNotes;

    @Version
    private long version;

    /** For JPA. */
    protected Round() {}

    Round(AttemptKey key, String baseDigest, Instant openedAt, Instant deadline) {
        this.jobId = key.jobId();
        this.number = key.round();
        this.attempt = key.attempt();
        this.baseDigest = baseDigest;
        this.openedAt = openedAt;
        this.deadline = deadline;
        this.state = RoundState.OPEN;
    }

    /** Fixes the set of updates. */
    void aggregate() {
        moveTo(RoundState.AGGREGATING);
        aggregatingAt = Instant.now();
    }

    /** Ends the attempt with the next model, and what public records say of it, if there are any. */
    void close(String newModelDigest, Optional<HeldOut> heldOut) {
        moveTo(RoundState.CLOSED);
        modelDigest = newModelDigest;
        heldOut.ifPresent(this::keep);
        endedAt = Instant.now();
    }

    private void keep(HeldOut heldOut) {
        if (heldOut instanceof HeldOut.Refused refused) {
            heldOutNotes = refused.why();
        } else if (heldOut instanceof HeldOut.Measured measured) {
            keep(measured.score());
            heldOutNotes = measured.notes().isBlank() ? null : measured.notes();
        }
    }

    private void keep(Score score) {
        heldOutRecords = score.records();
        heldOutLoss = score.loss().isPresent() ? score.loss().getAsDouble() : null;
        heldOutAccuracy = score.accuracy().isPresent() ? score.accuracy().getAsDouble() : null;
    }

    /** Ends the attempt without a model. */
    void abandon() {
        moveTo(RoundState.ABANDONED);
        endedAt = Instant.now();
    }

    /**
     * When an abandoned attempt may be followed by the next: after a pause, so that what is away for a moment, such as a share
     * with records, can come back; and not after its own deadline.
     */
    Instant followedAt() {
        Instant rested = endedAt.plus(attempt == 1 ? FIRST_PAUSE : LATER_PAUSE);
        return rested.isBefore(deadline) ? rested : deadline;
    }

    private void moveTo(RoundState next) {
        if (!state.allows(next)) {
            throw new IllegalStateException(
                    "job " + jobId + " round " + number + "." + attempt + ": " + state + " does not go to " + next);
        }
        state = next;
    }

    /** Which attempt it is. */
    public AttemptKey key() {
        return new AttemptKey(jobId, number, attempt);
    }

    /** The job. */
    public String jobId() {
        return jobId;
    }

    /** From 1. */
    public long number() {
        return number;
    }

    /** From 1. */
    public long attempt() {
        return attempt;
    }

    /** Where it stands. */
    public RoundState state() {
        return state;
    }

    /** SHA-256 of the model that the round starts from. */
    public String baseDigest() {
        return baseDigest;
    }

    /** SHA-256 of the model that the round gave, once closed. */
    public Optional<String> modelDigest() {
        return Optional.ofNullable(modelDigest);
    }

    /** What public records say of that model; empty where there are none. */
    public Optional<HeldOut> heldOut() {
        Optional<String> notes = Optional.ofNullable(heldOutNotes);
        return Optional.ofNullable(heldOutRecords)
                .<HeldOut>map(n -> new HeldOut.Measured(
                        new Score(n, number(heldOutLoss), number(heldOutAccuracy)), notes.orElse("")))
                .or(() -> notes.map(HeldOut.Refused::new));
    }

    private static OptionalDouble number(Double kept) {
        return kept == null ? OptionalDouble.empty() : OptionalDouble.of(kept);
    }

    /** When tasks went out. */
    public Instant openedAt() {
        return openedAt;
    }

    /** When it is closed with what came, or abandoned. */
    public Instant deadline() {
        return deadline;
    }

    /** When the set of updates was fixed. */
    public Optional<Instant> aggregatingAt() {
        return Optional.ofNullable(aggregatingAt);
    }

    /** When it was closed or abandoned. */
    public Optional<Instant> endedAt() {
        return Optional.ofNullable(endedAt);
    }
}
