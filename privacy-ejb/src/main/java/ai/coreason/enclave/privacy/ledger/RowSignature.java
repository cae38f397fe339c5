package ai.coreason.enclave.privacy.ledger;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * A node's signature over one row: ECDSA with SHA-256 over the ASCII text {@code coreason/ledger-row/v1}, a line feed and
 * the row's hash in hex.
 *
 * @param signer the fingerprint of the certificate whose key signed: lower-case hex SHA-256 over its DER
 * @param value the signature, DER (SEC 1, Ecdsa-Sig-Value), base64
 */
public record RowSignature(String signer, String value) {
    private static final String CONTEXT = "coreason/ledger-row/v1\n";
    static final String ALGORITHM = "SHA256withECDSA";

    /** Whether the certificate is the signer's and its key signed this hash. */
    public boolean holds(X509Certificate certificate, String rowHash) {
        if (!LedgerCertificates.fingerprint(certificate).equals(signer)) {
            return false;
        }
        try {
            Signature check = Signature.getInstance(ALGORITHM);
            check.initVerify(certificate.getPublicKey());
            check.update(message(rowHash));
            return check.verify(Base64.getDecoder().decode(value));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    static byte[] message(String rowHash) {
        return (CONTEXT + rowHash).getBytes(StandardCharsets.US_ASCII);
    }
}
