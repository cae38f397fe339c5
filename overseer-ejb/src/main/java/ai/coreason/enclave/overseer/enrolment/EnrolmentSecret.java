package ai.coreason.enclave.overseer.enrolment;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Lob;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A one-time token or nonce of one node, stored by its SHA-256 only. */
@Entity
@Table(name = "enrolment_secret", indexes = @Index(name = "enrolment_secret_node", columnList = "node_id, secret_kind"))
public class EnrolmentSecret {
    private static final int BY_LENGTH = 200;
    private static final int ID_LENGTH = 32;

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

    @Lob
    @Column(name = "allowed_json")
    private String allowed;

    @Column(name = "issued_by", length = BY_LENGTH)
    private String issuedBy;

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

    /** Binds a token to datasets; nothing is bound if there are none. */
    void allow(Optional<List<DatasetGrant>> datasets) {
        allowed = datasets.map(DatasetGrant::text).orElse(null);
    }

    /** Notes which operator issued it. */
    void issuedBy(String operator) {
        issuedBy = operator.substring(0, Math.min(operator.length(), BY_LENGTH));
    }

    /** Makes the secret useless; its digest stays known, so that it does not come back. */
    void withdraw() {
        used = true;
    }

    boolean unused() {
        return !used;
    }

    boolean isTokenOf(String node) {
        return kind == Kind.TOKEN && nodeId.equals(node);
    }

    /** What names it to people: the first 32 hex digits of its SHA-256. */
    public String id() {
        return hash.substring(0, ID_LENGTH);
    }

    /** Whose it is. */
    public String nodeId() {
        return nodeId;
    }

    /** When it can no longer be used. */
    public Instant expiresAt() {
        return expiresAt;
    }

    /** Which operator issued it; empty if its node chose it, or it is older than this note. */
    public Optional<String> issuedBy() {
        return Optional.ofNullable(issuedBy);
    }

    /** The datasets that its node may register; empty if the token does not say. */
    public Optional<List<DatasetGrant>> allowed() {
        return Optional.ofNullable(allowed).map(DatasetGrant::parse);
    }

    /** Whether it allows the dataset of a grant, however many rows of it. */
    boolean allows(DatasetGrant grant) {
        return allowed().orElse(List.of()).stream()
                .anyMatch(g ->
                        g.datasetId().equals(grant.datasetId()) && g.dataOwner().equals(grant.dataOwner()));
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
