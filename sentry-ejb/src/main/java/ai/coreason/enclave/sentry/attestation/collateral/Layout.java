package ai.coreason.enclave.sentry.attestation.collateral;

import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.intel.QuoteIdentity;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.SnpProduct;
import ai.coreason.enclave.sentry.attestation.snp.VekIdentity;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The names of files in a folder of certificates and collateral, the same in a site's own folder and in a cache, so that one
 * that was filled online serves a site that is not.
 */
final class Layout {
    private Layout() {}

    /** {@code snp/vcek/HWID-TCB.der}: the chip's identifier and the levels in hex. */
    static Path vcek(VekIdentity vek) {
        return Path.of("snp", "vcek", vek.hwId() + "-" + vek.tcbHex() + ".der");
    }

    /** {@code snp/PRODUCT/cert_chain.pem} of ASK and ARK; of a VLEK {@code vlek_cert_chain.pem} of ASVK and ARK. */
    static Path chain(VekIdentity vek) {
        return product(vek).resolve(vek.key() == SnpKey.VLEK ? "vlek_cert_chain.pem" : "cert_chain.pem");
    }

    /** {@code snp/PRODUCT/crl.der}. */
    static Path crl(VekIdentity vek) {
        return product(vek).resolve("crl.der");
    }

    private static Path product(VekIdentity vek) {
        return Path.of("snp", vek.product().label());
    }

    /** {@code snp/vek/}: certificates of chips' keys under any name. */
    static Path veks() {
        return Path.of("snp", "vek");
    }

    /** Where no more than certificates of chips' keys lies, by the thousand. */
    static Set<Path> keys() {
        return Set.of(Path.of("snp", "vcek"), veks());
    }

    /** The revocation lists of AMD and Intel, by the names that they have in DER. */
    static List<Path> lists() {
        return Stream.concat(
                        Arrays.stream(SnpProduct.values()).map(p -> Path.of("snp", p.label(), "crl.der")),
                        Stream.of("pck_crl_platform.der", "pck_crl_processor.der", Part.ROOT_CRL.file())
                                .map(f -> Path.of("intel", f)))
                .toList();
    }

    /** {@code nvidia/}: manifests and lists under any name. */
    static Path nvidia() {
        return Path.of("nvidia");
    }

    /**
     * {@code intel/TEE/FMSPC/} with the part's usual name for TCB info and its chain, {@code intel/TEE/} for the quoting
     * enclave's, {@code intel/pck_crl_AUTHORITY.der} and {@code intel/root_ca_crl.der}.
     */
    static Path intel(QuoteIdentity quote, Part part) {
        Path tee = Path.of("intel", quote.tee().name().toLowerCase(Locale.ROOT));
        return switch (part) {
            case TCB_INFO, TCB_CHAIN -> tee.resolve(quote.fmspc()).resolve(part.file());
            case QE_IDENTITY, QE_CHAIN -> tee.resolve(part.file());
            case PCK_CRL -> Path.of("intel", "pck_crl_" + quote.authority() + ".der");
            case ROOT_CRL -> Path.of("intel", part.file());
            case PCK_CHAIN -> throw new IllegalArgumentException("part: expected one that no quote has, got " + part);
        };
    }
}
