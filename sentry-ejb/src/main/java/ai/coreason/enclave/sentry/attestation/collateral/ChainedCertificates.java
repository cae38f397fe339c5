package ai.coreason.enclave.sentry.attestation.collateral;

import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Several sources in order: each part is of the first that has it, and a source is asked only while parts are missing. A GPU's
 * manifests and lists are those of all, and of manifests of one name the first. Thread-safe if they are.
 *
 * @param sources the nearest first
 */
public record ChainedCertificates(List<CertificateSource> sources) implements CertificateSource {
    /** Copies the list. */
    public ChainedCertificates {
        sources = List.copyOf(sources);
    }

    @Override
    public SnpCertificates snp(byte[] report) {
        SnpCertificates out = SnpCertificates.NONE;
        for (CertificateSource source : sources) {
            SnpCertificates next = source.snp(report);
            out = new SnpCertificates(
                    first(out.vek(), next::vek), first(out.chain(), next::chain), first(out.crl(), next::crl));
            if (out.vek().isPresent() && out.chain().isPresent() && out.crl().isPresent()) {
                break;
            }
        }
        return out;
    }

    private static Optional<byte[]> first(Optional<byte[]> one, Supplier<Optional<byte[]>> other) {
        return one.or(other);
    }

    @Override
    public Collateral intel(byte[] quote) {
        Map<Part, byte[]> parts = new EnumMap<>(Part.class);
        for (CertificateSource source : sources) {
            Collateral next = source.intel(quote);
            for (Part part : Part.values()) {
                next.get(part).ifPresent(bytes -> parts.putIfAbsent(part, bytes));
            }
            if (Arrays.stream(Part.values()).allMatch(p -> p == Part.PCK_CHAIN || parts.containsKey(p))) {
                break;
            }
        }
        return new Collateral(parts);
    }

    @Override
    public NvidiaCollateral nvidia(byte[] report, byte[] chain) {
        Map<String, byte[]> manifests = new HashMap<>();
        List<X509CRL> lists = new ArrayList<>();
        for (CertificateSource source : sources) {
            NvidiaCollateral next = source.nvidia(report, chain);
            next.manifests().forEach(manifests::putIfAbsent);
            lists.addAll(next.lists());
        }
        return new NvidiaCollateral(manifests, lists);
    }

    @Override
    public List<String> unusedLists() {
        return sources.stream().flatMap(s -> s.unusedLists().stream()).toList();
    }
}
