package ai.coreason.enclave.privacy.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * An Overseer's key for what it says of ledgers, with a certificate of the federation's authority for that purpose alone.
 * Immutable and thread-safe; its text form shows no key.
 */
public final class LedgerSeal {
    private final PrivateKey key;
    private final X509Certificate certificate;

    private LedgerSeal(PrivateKey key, X509Certificate certificate) {
        this.key = key;
        this.certificate = certificate;
    }

    /**
     * A seal.
     *
     * @throws IllegalArgumentException if the certificate is for another purpose
     */
    public static LedgerSeal of(PrivateKey key, X509Certificate certificate) {
        if (!LedgerCertificates.isLedger(certificate)) {
            throw new IllegalArgumentException(
                    "certificate: expected one for " + LedgerCertificates.LEDGER_URN + ", got another");
        }
        return new LedgerSeal(key, certificate);
    }

    /** Signs a document: the certificate and the signature (ECDSA with SHA-256, DER, base64) are added to it. */
    public ObjectNode sign(LedgerDocument kind, ObjectNode document) {
        document.put(kind.certificate(), LedgerCertificates.pem(certificate));
        try {
            Signature signature = Signature.getInstance(RowSignature.ALGORITHM);
            signature.initSign(key);
            signature.update(kind.message(document));
            return document.put(LedgerDocument.SIGNATURE, Base64.getEncoder().encodeToString(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the ledger key cannot sign", e);
        }
    }

    @Override
    public String toString() {
        return "LedgerSeal[" + LedgerCertificates.fingerprint(certificate) + "]";
    }
}
