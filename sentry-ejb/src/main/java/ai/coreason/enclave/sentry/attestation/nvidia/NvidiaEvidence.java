package ai.coreason.enclave.sentry.attestation.nvidia;

import java.security.cert.X509CRL;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of one device, unread.
 *
 * @param report request and response of SPDM GET_MEASUREMENTS, one after the other
 * @param chain the device's certificates in PEM, the leaf first and the root last
 * @param rims manifests in XML by file name
 * @param lists revocation lists, in any order
 */
public record NvidiaEvidence(byte[] report, byte[] chain, Map<String, byte[]> rims, List<X509CRL> lists) {
    /** Copies all. */
    public NvidiaEvidence {
        report = report.clone();
        chain = chain.clone();
        rims = copy(rims);
        lists = List.copyOf(lists);
    }

    /** A copy. */
    @Override
    public byte[] report() {
        return report.clone();
    }

    /** A copy. */
    @Override
    public byte[] chain() {
        return chain.clone();
    }

    /** A copy. */
    @Override
    public Map<String, byte[]> rims() {
        return copy(rims);
    }

    private static Map<String, byte[]> copy(Map<String, byte[]> rims) {
        Map<String, byte[]> out = new TreeMap<>();
        rims.forEach((name, xml) -> out.put(name, xml.clone()));
        return out;
    }
}
