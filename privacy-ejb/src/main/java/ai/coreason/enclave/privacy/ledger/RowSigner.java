package ai.coreason.enclave.privacy.ledger;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * The key with which a node answers for its rows: the key of its TLS certificate, which the federation's authority issued
 * for this boot. Immutable and thread-safe; its text form shows no key.
 */
public final class RowSigner {
    private final PrivateKey key;
    private final X509Certificate certificate;
    private final String fingerprint;

    private RowSigner(PrivateKey key, X509Certificate certificate) {
        this.key = key;
        this.certificate = certificate;
        this.fingerprint = LedgerCertificates.fingerprint(certificate);
    }

    /** The signer of a key (EC) and the certificate that was issued for it. */
    public static RowSigner of(PrivateKey key, X509Certificate certificate) {
        return new RowSigner(key, certificate);
    }

    /** The certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    RowSignature sign(String rowHash) {
        try {
            Signature signature = Signature.getInstance(RowSignature.ALGORITHM);
            signature.initSign(key);
            signature.update(RowSignature.message(rowHash));
            return new RowSignature(fingerprint, Base64.getEncoder().encodeToString(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the node's key cannot sign ledger rows", e);
        }
    }

    @Override
    public String toString() {
        return "RowSigner[" + fingerprint + "]";
    }
}
