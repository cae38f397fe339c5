package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Lob;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** One federation job: the document as submitted, its digests, its state and the last whole model. */
@Entity
@Table(name = "job", indexes = @Index(name = "job_state", columnList = "job_state"))
public class Job {
    private static final int REASON_LENGTH = 1000;
    private static final String NONE = "";

    @Id
    @Column(name = "job_id", length = 36)
    private String id;

    @Lob
    @Column(name = "document", nullable = false)
    private String document;

    @Column(name = "document_digest", nullable = false, length = 64)
    private String documentDigest;

    @Column(name = "job_digest", nullable = false, length = 64)
    private String jobDigest;

    @Column(name = "graph_digest", nullable = false, length = 64)
    private String graphDigest;

    @Column(nullable = false, length = 200)
    private String submitter;

    @Enumerated(EnumType.STRING)
    @Column(name = "job_state", nullable = false, length = 16)
    private JobState state;

    @Column(length = REASON_LENGTH)
    private String reason;

    @Column(name = "rounds_total", nullable = false)
    private long roundsTotal;

    @Column(name = "rounds_closed", nullable = false)
    private long roundsClosed;

    @Column(name = "model_digest", nullable = false, length = 64)
    private String modelDigest;

    @Column(name = "created_at", nullable = false)
    private Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    private Instant updatedAt;

    @Version
    private long version;

    /** For JPA. */
    protected Job() {}

    /**
     * A job that was just submitted.
     *
     * @param id a UUID
     * @param document the document as submitted, without its id
     * @param digests what names the job and its graph
     */
    Job(String id, JsonNode document, JobDigests digests, long rounds, String submitter) {
        this.id = id;
        this.document = new String(Json.write(document), StandardCharsets.UTF_8);
        this.documentDigest = digests.document();
        this.jobDigest = digests.job();
        this.graphDigest = digests.graph();
        this.roundsTotal = rounds;
        this.modelDigest = NONE;
        this.submitter = submitter;
        this.state = JobState.SUBMITTED;
        this.createdAt = Instant.now();
        this.updatedAt = createdAt;
    }

    /** Moves the job on. The only place where its state changes. */
    public void moveTo(JobState next, String why) {
        if (!state.allows(next)) {
            throw new IllegalStateException("job " + id + ": " + state + " does not go to " + next);
        }
        state = next;
        reason = why.isEmpty() ? null : why.substring(0, Math.min(why.length(), REASON_LENGTH));
        updatedAt = Instant.now();
    }

    /** Admits the job with its initial model, which lies in the vault. */
    void admit(String initialModelDigest) {
        moveTo(JobState.ADMITTED, "");
        modelDigest = initialModelDigest;
    }

    /** Takes the model of a closed round. */
    public void closeRound(long round, String newModelDigest) {
        if (state != JobState.RUNNING || round != roundsClosed + 1) {
            throw new IllegalStateException("job " + id + ": round " + round + " does not close after " + roundsClosed);
        }
        roundsClosed = round;
        modelDigest = newModelDigest;
        updatedAt = Instant.now();
    }

    /** The job's UUID. */
    public String id() {
        return id;
    }

    /** The document as submitted, without its id. */
    public JsonNode document() {
        return Json.read(document);
    }

    /** How many characters the document has. */
    int documentLength() {
        return document.length();
    }

    /** Digest of the document as submitted. */
    public String documentDigest() {
        return documentDigest;
    }

    /** Digest of what sites approve: document, id and the job's sealing key. */
    public String jobDigest() {
        return jobDigest;
    }

    /** Digest of the model graph. */
    public String graphDigest() {
        return graphDigest;
    }

    /** Who submitted it, by the name that the issuer of user tokens gives to nobody else: whose job it is. */
    public String submitter() {
        return submitter;
    }

    /** Where it stands. */
    public JobState state() {
        return state;
    }

    /** Why it stands there, where there is something to say. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** How many rounds were asked for. */
    public long roundsTotal() {
        return roundsTotal;
    }

    /** How many rounds are closed. */
    public long roundsClosed() {
        return roundsClosed;
    }

    /** Whether the job has a model yet, be it the initial one. */
    public boolean hasModel() {
        return !modelDigest.isEmpty();
    }

    /** Digest of the last whole model; the initial one before the first round closes, empty before there is one. */
    public String modelDigest() {
        return modelDigest;
    }

    /** When it was submitted. */
    public Instant createdAt() {
        return createdAt;
    }

    /** When it last changed. */
    public Instant updatedAt() {
        return updatedAt;
    }
}
