package ai.coreason.enclave.sentry.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against the JDK's own arithmetic. */
class EcdsaTest {
    private static final Random RANDOM = new Random(7);

    private static KeyPair pair(Ecdsa scheme) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(scheme == Ecdsa.P256 ? "secp256r1" : "secp384r1"));
        return generator.generateKeyPair();
    }

    private static Signature jdk(Ecdsa scheme) throws Exception {
        return Signature.getInstance((scheme == Ecdsa.P256 ? "SHA256" : "SHA384") + "withECDSAinP1363Format");
    }

    private static byte[] sign(Ecdsa scheme, KeyPair pair, byte[] message) throws Exception {
        Signature signer = jdk(scheme);
        signer.initSign(pair.getPrivate());
        signer.update(message);
        return signer.sign();
    }

    @ParameterizedTest
    @EnumSource
    void holds_signatureOfTheJdk_andNoneWithABitChanged(Ecdsa scheme) throws Exception {
        for (int round = 0; round < 20; round++) {
            KeyPair pair = pair(scheme);
            byte[] message = new byte[RANDOM.nextInt(700)];
            RANDOM.nextBytes(message);
            byte[] signature = sign(scheme, pair, message);
            assertThat(scheme.holds(pair.getPublic(), message, signature)).isTrue();
            signature[RANDOM.nextInt(signature.length)] ^= (byte) (1 << RANDOM.nextInt(8));
            assertThat(scheme.holds(pair.getPublic(), message, signature)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void holds_otherMessageKeyOrLength_isRefused(Ecdsa scheme) throws Exception {
        KeyPair pair = pair(scheme);
        byte[] message = {1, 2, 3};
        byte[] signature = sign(scheme, pair, message);
        assertThat(scheme.holds(pair.getPublic(), new byte[] {1, 2}, signature)).isFalse();
        assertThat(scheme.holds(pair(scheme).getPublic(), message, signature)).isFalse();
        assertThat(scheme.holds(pair.getPublic(), message, Arrays.copyOf(signature, signature.length - 1)))
                .isFalse();
        assertThat(scheme.holds(pair.getPublic(), message, Arrays.copyOf(signature, signature.length + 1)))
                .isFalse();
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        assertThat(scheme.holds(rsa.generateKeyPair().getPublic(), message, signature))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void holds_numbersOutsideTheGroup_areRefused(Ecdsa scheme) throws Exception {
        KeyPair pair = pair(scheme);
        byte[] signature = sign(scheme, pair, new byte[0]);
        int half = signature.length / 2;
        ECParameterSpec curve = ((ECPublicKey) pair.getPublic()).getParams();
        for (BigInteger number : new BigInteger[] {
            BigInteger.ZERO,
            curve.getOrder(),
            BigInteger.ONE.shiftLeft(8 * half).subtract(BigInteger.ONE)
        }) {
            for (int at : new int[] {0, half}) {
                byte[] changed = signature.clone();
                byte[] bytes = number.toByteArray();
                Arrays.fill(changed, at, at + half, (byte) 0);
                int length = Math.min(half, bytes.length);
                System.arraycopy(bytes, bytes.length - length, changed, at + half - length, length);
                assertThat(scheme.holds(pair.getPublic(), new byte[0], changed)).isFalse();
            }
        }
        byte[] zeros = new byte[signature.length];
        assertThat(scheme.holds(pair.getPublic(), new byte[0], zeros)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void holds_pointThatIsNotOnTheCurveOrIsOfAnother_isRefused(Ecdsa scheme) throws Exception {
        KeyPair pair = pair(scheme);
        byte[] signature = sign(scheme, pair, new byte[0]);
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        ECPoint off =
                new ECPoint(key.getW().getAffineX(), key.getW().getAffineY().add(BigInteger.ONE));
        for (ECPoint point :
                new ECPoint[] {off, new ECPoint(BigInteger.ZERO, BigInteger.ZERO), ECPoint.POINT_INFINITY}) {
            assertThat(scheme.holds(new Bare(point, key.getParams()), new byte[0], signature))
                    .isFalse();
        }
        Ecdsa other = scheme == Ecdsa.P256 ? Ecdsa.P384 : Ecdsa.P256;
        assertThat(scheme.holds(pair(other).getPublic(), new byte[0], signature))
                .isFalse();
    }

    /** A key that nobody has checked. */
    private record Bare(ECPoint point, ECParameterSpec curve) implements ECPublicKey {
        @Override
        public ECPoint getW() {
            return point;
        }

        @Override
        public ECParameterSpec getParams() {
            return curve;
        }

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public String getFormat() {
            return "X.509";
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }
    }
}
