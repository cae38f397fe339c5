package ai.coreason.enclave.privacy.ledger;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Table;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** A certificate that signed ledger rows, kept for as long as the rows. */
@Entity
@Table(name = "ledger_signer", indexes = @Index(name = "ledger_signer_node", columnList = "node_id"))
public class SignerCertificate {
    @Id
    @Column(length = 64)
    private String fingerprint;

    @Column(name = "node_id", nullable = false, length = 64)
    private String nodeId;

    @Column(nullable = false, length = 4000)
    private String certificate;

    /** For JPA. */
    protected SignerCertificate() {}

    SignerCertificate(String nodeId, X509Certificate certificate) {
        this.fingerprint = LedgerCertificates.fingerprint(certificate);
        this.nodeId = nodeId;
        this.certificate = Base64.getEncoder().encodeToString(LedgerCertificates.der(certificate));
    }

    /** The node that it was issued to. */
    String nodeId() {
        return nodeId;
    }

    /** The certificate. */
    X509Certificate certificate() {
        return LedgerCertificates.parse(Base64.getDecoder().decode(certificate)).get(0);
    }
}
