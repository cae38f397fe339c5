package ai.coreason.enclave.overseer.identity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;

/** A node as it enrolled last: its epoch, the one certificate that is valid for it, and its attestation report. */
@Entity
@Table(name = "enrolled_node")
public class EnrolledNode {
    @Id
    @Column(name = "node_id", length = 64)
    private String id;

    @Column(nullable = false)
    private long epoch;

    @Column(name = "certificate_serial", nullable = false, length = 64)
    private String certificateSerial;

    @Column(name = "expires_at", nullable = false)
    private Instant expiresAt;

    @Column(name = "report_json", nullable = false, length = 16000)
    private String report;

    @Column(nullable = false)
    private boolean trusted;

    @Column(name = "enrolled_at", nullable = false)
    private Instant enrolledAt;

    @Version
    private long version;

    /** For JPA. */
    protected EnrolledNode() {}

    EnrolledNode(String id) {
        this.id = id;
    }

    /** Begins a new epoch; the certificate before it is no longer accepted. */
    void enrol(long newEpoch, String serial, Instant expires, String reportJson) {
        if (newEpoch <= epoch) {
            throw new IllegalStateException("node " + id + ": epoch " + newEpoch + " does not follow " + epoch);
        }
        epoch = newEpoch;
        certificateSerial = serial;
        expiresAt = expires;
        report = reportJson;
        trusted = true;
        enrolledAt = Instant.now();
    }

    /** The node. */
    public String id() {
        return id;
    }

    /** How often it has enrolled. */
    public long epoch() {
        return epoch;
    }

    /** The serial of its one valid certificate, lower-case hex. */
    public String certificateSerial() {
        return certificateSerial;
    }

    /** When that certificate ends. */
    public Instant expiresAt() {
        return expiresAt;
    }

    /** Its attestation report, as JSON text. */
    public String report() {
        return report;
    }

    /** Whether its evidence was accepted. */
    public boolean trusted() {
        return trusted;
    }

    /** When it enrolled last. */
    public Instant enrolledAt() {
        return enrolledAt;
    }
}
