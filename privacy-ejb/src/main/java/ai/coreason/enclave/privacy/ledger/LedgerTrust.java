package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The federation's authorities, as a verifier pins them, and what they vouch for. A certificate counts by who issued it
 * and whom it names; its validity in time is for TLS, since a ledger outlives every certificate in it. Immutable and
 * thread-safe.
 */
public final class LedgerTrust {
    private final List<X509Certificate> authorities;

    private LedgerTrust(List<X509Certificate> authorities) {
        this.authorities = List.copyOf(authorities);
    }

    /** Trust in these authorities and nobody else. */
    public static LedgerTrust of(List<X509Certificate> authorities) {
        return new LedgerTrust(authorities);
    }

    /** Whether one of the authorities issued this certificate, and not as another authority. */
    public boolean issued(X509Certificate certificate) {
        return certificate.getBasicConstraints() < 0 && authorities.stream().anyMatch(a -> issued(a, certificate));
    }

    /** The node that a certificate of these authorities names. */
    public Optional<String> node(X509Certificate certificate) {
        return issued(certificate) ? LedgerCertificates.nodeId(certificate) : Optional.empty();
    }

    /**
     * Checks that an Overseer of these authorities signed a document.
     *
     * @throws InvalidDocument if the signer is not one, or the signature does not hold
     */
    public void require(LedgerDocument kind, ObjectNode document) {
        JsonFields f = JsonFields.of(document, "");
        X509Certificate signer = certificate(f, kind.certificate());
        if (!LedgerCertificates.isLedger(signer) || !issued(signer)) {
            throw InvalidDocument.at(
                    kind.certificate(),
                    "a certificate of the federation's authority for " + LedgerCertificates.LEDGER_URN,
                    "one for " + signer.getSubjectX500Principal());
        }
        String signature = f.text(LedgerDocument.SIGNATURE);
        if (!holds(signer, kind.message(document), signature)) {
            throw InvalidDocument.at(
                    LedgerDocument.SIGNATURE, "a signature by the signer over this document", "another");
        }
    }

    private static X509Certificate certificate(JsonFields f, String name) {
        try {
            return LedgerCertificates.parse(f.block(name, "a certificate in PEM", s -> !s.isBlank()))
                    .get(0);
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at(f.at(name), "a certificate in PEM", "other text");
        }
    }

    private static boolean holds(X509Certificate signer, byte[] message, String signature) {
        try {
            Signature check = Signature.getInstance(RowSignature.ALGORITHM);
            check.initVerify(signer.getPublicKey());
            check.update(message);
            return check.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean issued(X509Certificate authority, X509Certificate certificate) {
        try {
            certificate.verify(authority.getPublicKey());
            return certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
