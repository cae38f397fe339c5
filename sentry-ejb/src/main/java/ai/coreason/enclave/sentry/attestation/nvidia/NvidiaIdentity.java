package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which manifests a device is held against: what a folder of manifests of many versions is asked for. Nothing is verified by it
 * but forms. Immutable and thread-safe.
 *
 * @param family of the device by its certificate; empty if it is of none that is known, and no manifest is its own
 * @param driver the version of its driver; empty text for a switch
 * @param vbios the version of its VBIOS; empty text if it is not of a known form
 */
public record NvidiaIdentity(Optional<Architecture> family, String driver, String vbios) {
    /**
     * What a device says of itself.
     *
     * @param report request and response of SPDM GET_MEASUREMENTS
     * @param chain the device's certificates in PEM
     * @throws MalformedEvidence if one of them cannot be read
     */
    public static NvidiaIdentity of(byte[] report, byte[] chain) throws MalformedEvidence {
        OpaqueData opaque = SpdmReport.parse(report).opaque();
        String chip = NvidiaVerifier.chip(CertificateChain.ofPem(NvidiaVerifier.CHAIN, chain));
        return new NvidiaIdentity(Architecture.of(chip), opaque.driverVersion(), opaque.vbiosVersion());
    }

    /** Whether a manifest says of itself that it is of this family, and of this driver or VBIOS. */
    public boolean isOf(RimLabel label) {
        return family.isPresent()
                && Architecture.of(label.product()).equals(family)
                && Stream.of(driver, vbios).anyMatch(v -> !v.isEmpty() && v.equalsIgnoreCase(label.version()));
    }
}
