package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.Anchors;
import java.math.BigInteger;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/** A device of a maker that is none, for tests of other rooms. Each has roots of its own. */
public final class NvidiaSample {
    /** What manifests of its driver and of its VBIOS are for. */
    public enum Part {
        /** {@code 550.90.07}. */
        DRIVER("550.90.07"),
        /** {@code 96.00.9F.00.01}. */
        VBIOS("96.00.9F.00.01");

        private final String version;

        Part(String version) {
            this.version = version;
        }
    }

    private static final int FIRST_VALUE = 60;
    private static final int ROOT = 2;

    private final FakeMaker maker = new FakeMaker();

    public Anchors anchors() {
        return maker.anchors();
    }

    public byte[] chain() {
        return FakeMaker.pem(FakeMaker.signed(maker.device));
    }

    /** A report for a nonce of 64 hex digits. */
    public byte[] report(String nonce) throws Exception {
        System.arraycopy(HexFormat.of().parseHex(nonce), 0, maker.request, 4, 32);
        return maker.report();
    }

    /** The same with a bit of a measurement turned. */
    public static byte[] tampered(byte[] report) {
        byte[] out = report.clone();
        out[FIRST_VALUE] ^= 1;
        return out;
    }

    /** A manifest of its own driver or VBIOS that says what it measures at some indices. */
    public byte[] manifest(Part part, int... indices) throws Exception {
        return manifest("GH100", part.version, indices);
    }

    public byte[] manifest(String product, String version, int... indices) throws Exception {
        FakeRim rim = new FakeRim(indices);
        rim.product = product;
        rim.version = version;
        return rim.signed(maker);
    }

    /** From now on it measures something else at an index of manifests. */
    public void measureAnother(int index) {
        maker.measurements.put(index + 1, new byte[48]);
    }

    /** An empty list of the device's root, level 0, or of the authority below it. */
    public X509CRL list(int level, Instant at) throws Exception {
        return list(maker.device.get(ROOT - level), at);
    }

    /** The same of who signs manifests. */
    public X509CRL manifestList(int level, Instant at) throws Exception {
        return list(maker.manifest.get(ROOT - level), at);
    }

    /** A list of who issued the device's own certificate, and of that certificate. */
    public X509CRL revoking(Instant at) throws Exception {
        return list(maker.device.get(1), at, maker.device.get(0).serial());
    }

    private static X509CRL list(FakeCertificate issuer, Instant at, BigInteger... revoked) throws Exception {
        Duration day = Duration.ofDays(1);
        return issuer.list(issuer.key, at.minus(day), at.plus(day), revoked);
    }
}
