package ai.coreason.enclave.sentry.attestation;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/**
 * Verification of ECDSA signatures over one curve and hash (FIPS 186-5, section 6.4.2). Bouncy Castle's arithmetic is several
 * times as fast here as that of the JDK, whose time does not depend on secrets; a verification has none. Thread-safe.
 */
public enum Ecdsa {
    /** P-256 with SHA-256. */
    P256("secp256r1", "SHA-256", 32),
    /** P-384 with SHA-384. */
    P384("secp384r1", "SHA-384", 48);

    private final ECDomainParameters curve;
    private final String hash;
    private final int scalar;

    Ecdsa(String curve, String hash, int scalar) {
        X9ECParameters x9 = CustomNamedCurves.getByName(curve);
        this.curve = new ECDomainParameters(x9.getCurve(), x9.getG(), x9.getN(), x9.getH());
        this.hash = hash;
        this.scalar = scalar;
    }

    /**
     * Whether a signature holds.
     *
     * @param key of this curve; under one of another, or of another algorithm, nothing holds
     * @param signature r and s, big-endian, each as long as the curve's order
     * @return false also if the key is no point of the curve, or a number is not in [1, n-1]
     */
    public boolean holds(PublicKey key, byte[] message, byte[] signature) {
        if (!(key instanceof ECPublicKey ec) || signature.length != 2 * scalar) {
            return false;
        }
        try {
            ECDSASigner signer = new ECDSASigner();
            signer.init(
                    false,
                    new ECPublicKeyParameters(
                            curve.getCurve()
                                    .createPoint(
                                            ec.getW().getAffineX(), ec.getW().getAffineY()),
                            curve));
            return signer.verifySignature(
                    MessageDigest.getInstance(hash).digest(message), number(signature, 0), number(signature, scalar));
        } catch (IllegalArgumentException e) {
            return false;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private BigInteger number(byte[] bytes, int from) {
        return new BigInteger(1, Arrays.copyOfRange(bytes, from, from + scalar));
    }
}
