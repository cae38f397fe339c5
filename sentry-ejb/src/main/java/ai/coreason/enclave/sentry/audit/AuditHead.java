package ai.coreason.enclave.sentry.audit;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The log's one head row; locked for every append, so that the chain has no forks. */
@Entity
@Table(name = "audit_head")
public class AuditHead {
    static final int ONLY = 1;

    @Id
    @Column(name = "head_id")
    private int id;

    @Column(name = "last_sequence", nullable = false)
    private long sequence;

    @Column(name = "head_hash", nullable = false, length = 64)
    private String hash;

    /** For JPA. */
    protected AuditHead() {}

    static AuditHead genesis() {
        AuditHead head = new AuditHead();
        head.id = ONLY;
        head.hash = AuditRecord.GENESIS;
        return head;
    }

    long sequence() {
        return sequence;
    }

    String hash() {
        return hash;
    }

    void moveTo(AuditRecord entry) {
        sequence = entry.sequence();
        hash = entry.hash();
    }
}
