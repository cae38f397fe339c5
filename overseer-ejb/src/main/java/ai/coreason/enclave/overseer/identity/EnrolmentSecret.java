package ai.coreason.enclave.overseer.identity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;

/** A one-time token or nonce of one node, stored by its SHA-256 only. */
@Entity
@Table(name = "enrolment_secret")
public class EnrolmentSecret {
    /** What the secret is for. */
    public enum Kind {
        /** Allows one enrolment. */
        TOKEN,
        /** Makes one piece of evidence fresh. */
        NONCE
    }

    @Id
    @Column(name = "secret_hash", length = 64)
    private String hash;

    @Enumerated(EnumType.STRING)
    @Column(name = "secret_kind", nullable = false, length = 8)
    private Kind kind;

    @Column(name = "node_id", nullable = false, length = 64)
    private String nodeId;

    @Column(name = "expires_at", nullable = false)
    private Instant expiresAt;

    @Column(nullable = false)
    private boolean used;

    @Version
    private long version;

    /** For JPA. */
    protected EnrolmentSecret() {}

    EnrolmentSecret(String hash, Kind kind, String nodeId, Instant expiresAt) {
        this.hash = hash;
        this.kind = kind;
        this.nodeId = nodeId;
        this.expiresAt = expiresAt;
    }

    /** Whether the secret could be used up now. */
    boolean valid(Kind as, String by, Instant now) {
        return !used && kind == as && nodeId.equals(by) && !now.isAfter(expiresAt);
    }

    /** Uses the secret up; false if it is another kind, another node's, used or out of date. */
    boolean use(Kind as, String by, Instant now) {
        boolean valid = valid(as, by, now);
        used = used || valid;
        return valid;
    }
}
