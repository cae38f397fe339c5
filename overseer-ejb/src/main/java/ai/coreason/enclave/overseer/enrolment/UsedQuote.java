package ai.coreason.enclave.overseer.enrolment;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A quote that was accepted once and never is again, by its SHA-256. */
@Entity
@Table(name = "used_quote")
public class UsedQuote {
    @Id
    @Column(name = "quote_hash", length = 64)
    private String hash;

    @Column(name = "node_id", nullable = false, length = 64)
    private String nodeId;

    @Column(name = "used_at", nullable = false)
    private Instant usedAt;

    /** For JPA. */
    protected UsedQuote() {}

    UsedQuote(String hash, String nodeId, Instant usedAt) {
        this.hash = hash;
        this.nodeId = nodeId;
        this.usedAt = usedAt;
    }
}
