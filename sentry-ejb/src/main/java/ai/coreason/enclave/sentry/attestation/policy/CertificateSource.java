package ai.coreason.enclave.sentry.attestation.policy;

import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import java.util.Optional;

/**
 * Where the certificates and lists come from that evidence did not bring. Nothing that it gives is trusted before it is
 * judged. Thread-safe.
 */
public interface CertificateSource {
    /**
     * What a SEV-SNP report is verified by.
     *
     * @param vek the certificate of its key, DER or PEM
     * @param chain the certificates of the issuer and the root, PEM
     * @param crl the root's revocation list, DER
     */
    record SnpCertificates(Optional<byte[]> vek, Optional<byte[]> chain, Optional<byte[]> crl) {
        /** None at all. */
        public static final SnpCertificates NONE =
                new SnpCertificates(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** What there is for a SEV-SNP report; what cannot be had is empty. */
    SnpCertificates snp(byte[] report);

    /** What there is for a quote of TDX or SGX; what cannot be had is not in it. */
    Collateral intel(byte[] quote);

    /** A source that has nothing. */
    static CertificateSource none() {
        return new CertificateSource() {
            @Override
            public SnpCertificates snp(byte[] report) {
                return SnpCertificates.NONE;
            }

            @Override
            public Collateral intel(byte[] quote) {
                return Collateral.none();
            }
        };
    }
}
