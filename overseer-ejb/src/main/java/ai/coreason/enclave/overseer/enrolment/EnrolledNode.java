package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.sentry.contract.AttestationReport;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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

    @Column(name = "certificate_pem", nullable = false, length = 8000)
    private String certificate;

    @Column(name = "tls_spki_sha384", nullable = false, length = 96)
    private String tlsSpkiSha384;

    @Column(name = "request_digest", nullable = false, length = 64)
    private String requestDigest;

    @Column(name = "expires_at", nullable = false)
    private Instant expiresAt;

    @Lob
    @Column(name = "report_json", nullable = false)
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

    /**
     * What one enrolment gave.
     *
     * @param reportJson the attestation report
     * @param requestDigest the digest of the whole request, in canonical form
     */
    public record Enrolment(long epoch, X509Certificate certificate, String reportJson, String requestDigest) {}

    /** Begins a new epoch; the certificate before it is no longer accepted. */
    void enrol(Enrolment given) {
        if (given.epoch() <= epoch) {
            throw new IllegalStateException("node " + id + ": epoch " + given.epoch() + " does not follow " + epoch);
        }
        epoch = given.epoch();
        certificateSerial = given.certificate().getSerialNumber().toString(16);
        certificate = FederationCa.pem(given.certificate());
        tlsSpkiSha384 = FederationCa.spkiSha384(given.certificate().getPublicKey());
        expiresAt = given.certificate().getNotAfter().toInstant();
        report = given.reportJson();
        requestDigest = given.requestDigest();
        trusted = true;
        enrolledAt = Instant.now();
    }

    /** Takes it out until it enrols again. */
    void quarantine(String reportJson) {
        trusted = false;
        report = reportJson;
    }

    /** Takes it out until it enrols again, whatever its evidence was. */
    void distrust(List<String> reasons, Instant at) {
        AttestationReport last = AttestationReport.parse(Json.read(report));
        quarantine(new String(Json.write(last.untrusted(reasons, at).json()), StandardCharsets.UTF_8));
    }

    /** Why it gets no tasks now; empty if it does. */
    public Optional<String> unfit(Instant now) {
        if (!trusted) {
            return Optional.of(
                    "quarantined: expected a node whose evidence holds, got one whose last did not; enrol again");
        }
        return now.isBefore(expiresAt)
                ? Optional.empty()
                : Optional.of("stale: expected a certificate that is valid now, got one that ended at " + expiresAt);
    }

    /** Whether it was this very request that began the present epoch. */
    boolean enrolledBy(String digest) {
        return requestDigest.equals(digest);
    }

    /** Its one valid certificate, PEM. */
    String certificate() {
        return certificate;
    }

    /** The node. */
    public String id() {
        return id;
    }

    /** How often it has enrolled. */
    public long epoch() {
        return epoch;
    }

    /** The enrolment under which it calls now. */
    public NodeSession session() {
        return new NodeSession(epoch, tlsSpkiSha384);
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
