package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.ProvenSignatures;
import ai.coreason.enclave.sentry.attestation.der.Der;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;

/**
 * The signature that AMD's keys put under certificates and revocation lists: RSASSA-PSS with SHA-384, MGF1 of SHA-384, 48
 * bytes of salt and trailer 1 (RFC 8017), by a key of 4096 bits and exponent 65537.
 */
final class PssSignature {
    private static final String OID = "1.2.840.113549.1.1.10";
    private static final int KEY_BITS = 4096;
    private static final PSSParameterSpec PARAMETERS =
            new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);

    private static final ProvenSignatures PROVEN = new ProvenSignatures(OID);

    private PssSignature() {}

    /** Whether a key is of the only size and exponent that sign here. */
    static boolean isSigner(PublicKey key) {
        return key instanceof RSAPublicKey rsa
                && rsa.getModulus().bitLength() == KEY_BITS
                && rsa.getPublicExponent().equals(BigInteger.valueOf(65537));
    }

    /**
     * Whether a certificate or list in DER is signed by a key that {@link #isSigner}.
     *
     * @param oid of the signature's algorithm
     * @param parameters of the algorithm, in DER; null if none
     */
    static boolean holds(byte[] der, String oid, byte[] parameters, PublicKey key) {
        try {
            List<Der> parts = Der.of("signed", der).children();
            if (!isSigner(key) || !OID.equals(oid) || !sameParameters(parameters) || parts.size() != 3) {
                return false;
            }
            return PROVEN.holds(() -> verify(parts, key), key, der);
        } catch (MalformedEvidence | GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean verify(List<Der> parts, PublicKey key) {
        try {
            byte[] algorithm = parts.get(1).bytes();
            boolean repeated = parts.get(0).children().stream().anyMatch(c -> Arrays.equals(c.bytes(), algorithm));
            byte[] bits = parts.get(2).content(0x03);
            if (!repeated || bits.length != 1 + KEY_BITS / 8 || bits[0] != 0) {
                return false;
            }
            Signature verifier = Signature.getInstance("RSASSA-PSS");
            verifier.setParameter(PARAMETERS);
            verifier.initVerify(key);
            verifier.update(parts.get(0).bytes());
            return verifier.verify(bits, 1, bits.length - 1);
        } catch (MalformedEvidence | GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean sameParameters(byte[] der) throws GeneralSecurityException {
        if (der == null) {
            return false;
        }
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
        try {
            parameters.init(der);
        } catch (IOException e) {
            return false;
        }
        PSSParameterSpec spec = parameters.getParameterSpec(PSSParameterSpec.class);
        return spec.getDigestAlgorithm().equals(PARAMETERS.getDigestAlgorithm())
                && spec.getMGFAlgorithm().equals(PARAMETERS.getMGFAlgorithm())
                && spec.getMGFParameters() instanceof MGF1ParameterSpec mgf
                && mgf.getDigestAlgorithm().equals("SHA-384")
                && spec.getSaltLength() == PARAMETERS.getSaltLength()
                && spec.getTrailerField() == PARAMETERS.getTrailerField();
    }
}
