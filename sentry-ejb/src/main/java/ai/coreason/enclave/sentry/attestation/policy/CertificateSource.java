package ai.coreason.enclave.sentry.attestation.policy;

import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import java.security.cert.X509CRL;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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

    /**
     * What a GPU's report is held against.
     *
     * @param manifests reference integrity manifests in XML by file name
     * @param lists revocation lists, in any order
     */
    record NvidiaCollateral(Map<String, byte[]> manifests, List<X509CRL> lists) {
        /** None at all. */
        public static final NvidiaCollateral NONE = new NvidiaCollateral(Map.of(), List.of());

        /** Copies all. */
        public NvidiaCollateral {
            manifests = copy(manifests);
            lists = List.copyOf(lists);
        }

        /** A copy. */
        @Override
        public Map<String, byte[]> manifests() {
            return copy(manifests);
        }

        private static Map<String, byte[]> copy(Map<String, byte[]> manifests) {
            Map<String, byte[]> out = new TreeMap<>();
            manifests.forEach((name, xml) -> out.put(name, xml.clone()));
            return out;
        }
    }

    /** What there is for a SEV-SNP report; what cannot be had is empty. */
    SnpCertificates snp(byte[] report);

    /** What there is for a quote of TDX or SGX; what cannot be had is not in it. */
    Collateral intel(byte[] quote);

    /**
     * What there is for a GPU's report; nothing, unless a source has some.
     *
     * @param report request and response of SPDM GET_MEASUREMENTS
     * @param chain the device's certificates in PEM
     */
    default NvidiaCollateral nvidia(byte[] report, byte[] chain) {
        return NvidiaCollateral.NONE;
    }

    /**
     * The names of files that are or may be revocation lists and that no judgement uses: they cannot be read, or lie where none
     * is looked for. One of them may revoke what is judged.
     */
    default List<String> unusedLists() {
        return List.of();
    }

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
