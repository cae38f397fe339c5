package ai.coreason.enclave.sentry.attestation.nvidia;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;

/** What curve P-384 is known by. */
final class Curve {
    static final BigInteger ORDER;
    static final ECPoint GENERATOR;

    static {
        try {
            AlgorithmParameters p384 = AlgorithmParameters.getInstance("EC");
            p384.init(new ECGenParameterSpec("secp384r1"));
            ECParameterSpec parameters = p384.getParameterSpec(ECParameterSpec.class);
            ORDER = parameters.getOrder();
            GENERATOR = parameters.getGenerator();
        } catch (GeneralSecurityException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Curve() {}
}
