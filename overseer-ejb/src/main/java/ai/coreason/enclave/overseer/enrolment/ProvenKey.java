package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.InvalidDocument;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** The key of a certification request (PKCS#10, RFC 2986) whose sender has proven to hold it. Pure. */
final class ProvenKey {
    private ProvenKey() {}

    /**
     * The key.
     *
     * @param csr a request in DER
     * @throws InvalidDocument if it is none, is not signed by its own key, or has no EC key on P-256 or P-384
     */
    static PublicKey of(byte[] csr) {
        try {
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(csr);
            PublicKey key = request.getPublicKey();
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw InvalidDocument.at("csr", "a request signed by its own key", "another signature");
            }
            int bits = key instanceof ECPublicKey ec
                    ? ec.getParams().getCurve().getField().getFieldSize()
                    : 0;
            if (bits != 256 && bits != 384) {
                throw InvalidDocument.at(
                        "csr", "an EC key on P-256 or P-384", key.getAlgorithm() + (bits == 0 ? "" : " " + bits));
            }
            return key;
        } catch (IOException
                | PKCSException
                | OperatorCreationException
                | GeneralSecurityException
                | RuntimeException e) {
            if (e instanceof InvalidDocument invalid) {
                throw invalid;
            }
            throw InvalidDocument.at("csr", "a PKCS#10 request in DER", "other bytes");
        }
    }
}
