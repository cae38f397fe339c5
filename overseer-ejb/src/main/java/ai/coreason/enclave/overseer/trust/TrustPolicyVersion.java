package ai.coreason.enclave.overseer.trust;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.Table;
import java.time.Instant;

/** One version of the federation's trust policy, as an operator set it; versions are added and never changed. */
@Entity
@Table(name = "trust_policy")
public class TrustPolicyVersion {
    static final int LONGEST_NAME = 64;

    @Id
    @Column(name = "policy_version")
    private long version;

    @Lob
    @Column(name = "policy_json", nullable = false)
    private String json;

    @Column(name = "changed_by", nullable = false, length = LONGEST_NAME)
    private String changedBy;

    @Column(name = "changed_at", nullable = false)
    private Instant changedAt;

    /** For JPA. */
    protected TrustPolicyVersion() {}

    TrustPolicyVersion(long version, String json, String changedBy, Instant changedAt) {
        this.version = version;
        this.json = json;
        this.changedBy = changedBy;
        this.changedAt = changedAt;
    }

    /** Counted from 1. */
    public long version() {
        return version;
    }

    /** The policy as JSON text. */
    public String json() {
        return json;
    }

    /** The operator who set it. */
    public String changedBy() {
        return changedBy;
    }

    /** When. */
    public Instant changedAt() {
        return changedAt;
    }
}
