package ai.coreason.enclave.privacy.ledger;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The highest countersigned head of a dataset that a node has seen; it holds the node to its own past. */
@Entity
@Table(name = "countersigned_head")
public class KeptHead {
    @Id
    @Column(name = "account_key", length = 200)
    private String key;

    @Column(name = "head_sequence", nullable = false)
    private long sequence;

    @Column(name = "head_hash", nullable = false, length = 64)
    private String hash;

    @Column(name = "head_document", nullable = false, length = 8000)
    private String document;

    /** For JPA. */
    protected KeptHead() {}

    KeptHead(String key) {
        this.key = key;
    }

    void keep(LedgerHead head, String json) {
        sequence = head.sequence();
        hash = head.hash();
        document = json;
    }

    /** The sequence of the countersigned row; 0 before the first. */
    public long sequence() {
        return sequence;
    }

    /** The hash of the countersigned row, or the genesis hash. */
    public String hash() {
        return hash;
    }

    /** The signed document, JSON. */
    public String document() {
        return document;
    }
}
