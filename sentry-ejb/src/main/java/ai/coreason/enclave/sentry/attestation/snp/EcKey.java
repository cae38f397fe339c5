package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.Ecdsa;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;

/** Keys of ECDSA on P-384 (FIPS 186-5) and the signatures of reports. */
final class EcKey {
    private static final ECParameterSpec P384 = p384();

    /** The order n of the group. */
    static final BigInteger ORDER = P384.getOrder();

    private EcKey() {}

    /** Whether a key is a point of P-384 other than infinity. */
    static boolean isP384(PublicKey key) {
        if (!(key instanceof ECPublicKey ec)
                || !sameCurve(ec.getParams())
                || ECPoint.POINT_INFINITY.equals(ec.getW())) {
            return false;
        }
        EllipticCurve curve = P384.getCurve();
        BigInteger p = ((ECFieldFp) curve.getField()).getP();
        BigInteger x = ec.getW().getAffineX();
        BigInteger y = ec.getW().getAffineY();
        boolean inField = x.signum() >= 0 && y.signum() >= 0 && x.compareTo(p) < 0 && y.compareTo(p) < 0;
        BigInteger right = x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB());
        return inField && y.multiply(y).subtract(right).mod(p).signum() == 0;
    }

    /** Whether the report is signed by a key that {@link #isP384}. */
    static boolean signed(SnpReport report, PublicKey key) {
        return Ecdsa.P384.holds(key, report.signed(), report.signature());
    }

    private static boolean sameCurve(ECParameterSpec other) {
        return P384.getCurve().equals(other.getCurve())
                && P384.getGenerator().equals(other.getGenerator())
                && P384.getOrder().equals(other.getOrder())
                && P384.getCofactor() == other.getCofactor();
    }

    private static ECParameterSpec p384() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp384r1"));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
