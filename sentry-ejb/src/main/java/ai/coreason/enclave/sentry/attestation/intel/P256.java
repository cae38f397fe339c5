package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.Ecdsa;
import ai.coreason.enclave.sentry.attestation.ProvenSignatures;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** ECDSA on P-256 with SHA-256, the one signature scheme of Intel's evidence. Thread-safe. */
final class P256 {
    private static final ECParameterSpec CURVE = curve();
    private static final BigInteger P = ((ECFieldFp) CURVE.getCurve().getField()).getP();
    /** SubjectPublicKeyInfo of a named curve and an uncompressed point, up to the point's x. */
    private static final byte[] SPKI =
            HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    private static final ProvenSignatures PROVEN = new ProvenSignatures("ECDSA P-256 SHA-256");

    private P256() {}

    /** The key with the point x, y of 32 bytes each, big-endian; empty if that is not on the curve. */
    static Optional<PublicKey> key(byte[] point) {
        ECPoint w = new ECPoint(number(point, 0), number(point, 32));
        if (!onCurve(w)) {
            return Optional.empty();
        }
        try {
            return Optional.of(KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(w, CURVE)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** Whether a certificate's key is on the curve by its name, in the usual encoding, and a point of it. */
    static boolean isKey(PublicKey key) {
        byte[] spki = key.getEncoded();
        return key instanceof ECPublicKey ec
                && spki.length == SPKI.length + 64
                && Arrays.equals(spki, 0, SPKI.length, SPKI, 0, SPKI.length)
                && onCurve(ec.getW());
    }

    /** Whether r and s of 32 bytes each, big-endian, are a key's signature over a message. */
    static boolean verify(PublicKey key, byte[] message, byte[] signature) {
        return Ecdsa.P256.holds(key, message, signature);
    }

    /**
     * The same for what comes again with every quote, as Intel's documents and the report of a machine's quoting enclave do: one
     * that held is remembered.
     */
    static boolean verifyKnown(PublicKey key, byte[] message, byte[] signature) {
        return PROVEN.holds(() -> verify(key, message, signature), key, message, signature);
    }

    private static boolean onCurve(ECPoint w) {
        BigInteger x = w.getAffineX();
        BigInteger y = w.getAffineY();
        if (x == null || y == null || x.compareTo(P) >= 0 || y.compareTo(P) >= 0) {
            return false;
        }
        BigInteger right = x.pow(3)
                .add(CURVE.getCurve().getA().multiply(x))
                .add(CURVE.getCurve().getB())
                .mod(P);
        return y.multiply(y).mod(P).equals(right);
    }

    private static BigInteger number(byte[] bytes, int from) {
        return new BigInteger(1, Arrays.copyOfRange(bytes, from, from + 32));
    }

    private static ECParameterSpec curve() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
