package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Reason;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Evidence of {@link SnpPki} in which one thing is changed. */
final class SnpCase {
    private static final Consumer<SnpPki.Draft> AS_MADE = d -> {};

    final SnpKey kind;
    final SnpProduct product;
    Consumer<ByteBuffer> report = r -> {};
    Consumer<SnpPki.Draft> vek = AS_MADE;
    Optional<byte[]> chain = Optional.empty();
    Optional<byte[]> signed = Optional.empty();
    Optional<byte[]> crl = Optional.empty();
    Anchors anchors = SnpPki.anchors();
    Instant at = SnpPki.NOW;
    Optional<SnpPolicy> policy = Optional.of(SnpPolicy.strict());

    private SnpCase(SnpKey kind, SnpProduct product) {
        this.kind = kind;
        this.product = product;
    }

    static SnpCase of(SnpKey kind, SnpProduct product) {
        return new SnpCase(kind, product);
    }

    static SnpCase milan() {
        return of(SnpKey.VCEK, SnpProduct.MILAN);
    }

    static SnpCase turin() {
        return of(SnpKey.VCEK, SnpProduct.TURIN);
    }

    SnpCase report(Consumer<ByteBuffer> change) {
        report = report.andThen(change);
        return this;
    }

    SnpCase vek(Consumer<SnpPki.Draft> change) {
        vek = vek.andThen(change);
        return this;
    }

    SnpCase chain(byte[]... certificates) {
        chain = Optional.of(SnpPki.pem(certificates));
        return this;
    }

    SnpCase crl(byte[] list) {
        crl = Optional.of(list);
        return this;
    }

    SnpCase policy(SnpPolicy other) {
        policy = Optional.of(other);
        return this;
    }

    SnpCase crypto() {
        policy = Optional.empty();
        return this;
    }

    byte[] defaultChain() {
        return SnpPki.chain(kind, product);
    }

    Appraisal appraise() {
        return SnpVerifier.appraise(
                reportBytes(), vekDer(), chain.orElseGet(this::defaultChain), crl, anchors, at, policy);
    }

    byte[] vekDer() {
        if (vek == AS_MADE) {
            return SnpPki.once(
                    "vek " + kind + product, () -> SnpPki.vek(kind, product).der());
        }
        return SnpPki.vek(kind, product).with(vek).der();
    }

    byte[] reportBytes() {
        return signed.orElseGet(() -> SnpPki.report(kind, product, report));
    }

    /** The rules that are broken or open. */
    List<String> rules() {
        return appraise().reasons().stream().map(Reason::rule).toList();
    }
}
