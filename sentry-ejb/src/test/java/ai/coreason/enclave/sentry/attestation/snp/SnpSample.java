package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.Anchors;
import java.time.Instant;
import java.util.Date;

/** Evidence of a maker that is none, for tests of other rooms. */
public record SnpSample(byte[] report, byte[] vek, byte[] chain, byte[] crl) {
    /** The time for which it is good. */
    public static final Instant AT = SnpPki.NOW;

    public static SnpSample of(SnpKey key, SnpProduct product) {
        SnpCase made = SnpCase.of(key, product);
        return new SnpSample(made.reportBytes(), made.vekDer(), made.defaultChain(), list(product, AT));
    }

    /** The product's list of a time. */
    public static byte[] list(SnpProduct product, Instant nextUpdate) {
        return SnpPki.crl(
                product,
                SnpPki.ARK,
                b -> b.setNextUpdate(Date.from(nextUpdate.equals(AT) ? AT.plusSeconds(86_400) : nextUpdate)));
    }

    /** The chip's identifier and levels as its maker wrote them. */
    public static byte[] chip(SnpProduct product) {
        return SnpPki.chipId(product);
    }

    public static SnpTcb levels(SnpProduct product) {
        return SnpPki.tcb(product);
    }

    public static Anchors anchors() {
        return SnpPki.anchors();
    }
}
