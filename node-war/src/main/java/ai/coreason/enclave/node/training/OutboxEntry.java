package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.AttemptKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Lob;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.Optional;

/**
 * One sealed update, stored in the transaction that committed its charge; no other sealed bytes ever leave for its key. The
 * evidence for them is made when they are sent.
 */
@Entity
@Table(
        name = "outbox",
        indexes = {
            @Index(name = "outbox_state", columnList = "entry_state"),
            @Index(name = "outbox_job", columnList = "job_id")
        })
public class OutboxEntry {
    /** Where an entry stands. */
    public enum State {
        /** Not acknowledged yet; it is sent until it is. */
        PENDING,
        /** The Overseer has it. */
        DELIVERED,
        /** The Overseer will never take it, as when the round has closed. */
        REFUSED
    }

    @Id
    @Column(name = "entry_id", length = 120)
    private String id;

    @Column(name = "job_id", nullable = false, length = 64)
    private String jobId;

    @Column(name = "round_number", nullable = false)
    private long round;

    @Column(nullable = false)
    private long attempt;

    @Enumerated(EnumType.STRING)
    @Column(name = "entry_state", nullable = false, length = 16)
    private State state;

    @Lob
    @Column(name = "envelope")
    private byte[] kept;

    @Version
    private long version;

    /** For JPA. */
    protected OutboxEntry() {}

    OutboxEntry(AttemptKey key, byte[] kept) {
        this.id = id(key);
        this.jobId = key.jobId();
        this.round = key.round();
        this.attempt = key.attempt();
        this.state = State.PENDING;
        this.kept = kept.clone();
    }

    static String id(AttemptKey key) {
        return key.jobId() + "/" + key.round() + "/" + key.attempt();
    }

    /** The attempt whose update this is. */
    AttemptKey key() {
        return new AttemptKey(jobId, round, attempt);
    }

    /** Where the entry stands. */
    State state() {
        return state;
    }

    /** The sealed update, as {@link KeptUpdate} writes it; empty once it was forgotten. A copy. */
    Optional<byte[]> kept() {
        return Optional.ofNullable(kept).map(byte[]::clone);
    }

    /** Marks that the Overseer has it. */
    void delivered() {
        state = State.DELIVERED;
    }

    /** Marks that the Overseer will never take it; what was delivered before stays so. */
    void refused() {
        if (state == State.PENDING) {
            state = State.REFUSED;
        }
    }

    /** Drops the bytes of an entry that no longer waits; the entry itself stays, so that its key is never trained again. */
    void forget() {
        if (state != State.PENDING) {
            kept = null;
        }
    }
}
