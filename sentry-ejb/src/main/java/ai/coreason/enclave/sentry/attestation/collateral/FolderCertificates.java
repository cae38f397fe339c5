package ai.coreason.enclave.sentry.attestation.collateral;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.intel.QuoteIdentity;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.VekIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A site's own folder of certificates and collateral, for sites that are offline. Files are looked at anew for each call, and
 * read again when they have changed; one of over 1 MiB counts as absent. Thread-safe.
 *
 * <ul>
 *   <li>{@code snp/PRODUCT/cert_chain.pem} (ASK, ARK), {@code vlek_cert_chain.pem} (ASVK, ARK) and {@code crl.der}, where the
 *       product is {@code Milan}, {@code Genoa} or {@code Turin}
 *   <li>{@code snp/vcek/HWID-TCB.der}: chip and levels in lower-case hex, or any {@code .der} or {@code .pem} in {@code
 *       snp/vek/}, which is told by what it says of itself; a VLEK lies there, too
 *   <li>{@code intel/TEE/FMSPC/tcb_info.json} and {@code tcb_sign_chain.pem}, {@code intel/TEE/qe_identity.json} and {@code
 *       qe_sign_chain.pem}, where the kind is {@code tdx} or {@code sgx}
 *   <li>{@code intel/pck_crl_platform.der}, {@code intel/pck_crl_processor.der}, {@code intel/root_ca_crl.der}
 * </ul>
 */
public final class FolderCertificates implements CertificateSource {
    private static final int MOST_FILES = 4096;

    private final Path folder;
    private final FileReader files = new FileReader();

    /** @param folder need not be there yet */
    public FolderCertificates(Path folder) {
        this.folder = folder;
    }

    @Override
    public SnpCertificates snp(byte[] report) {
        List<VekIdentity> candidates;
        try {
            candidates = VekIdentity.of(report);
        } catch (MalformedEvidence e) {
            return SnpCertificates.NONE;
        }
        for (VekIdentity candidate : candidates) {
            Optional<byte[]> vek = vek(candidate);
            if (vek.isPresent() || candidates.size() == 1) {
                return new SnpCertificates(vek, read(Layout.chain(candidate)), read(Layout.crl(candidate)));
            }
        }
        return SnpCertificates.NONE;
    }

    private Optional<byte[]> vek(VekIdentity wanted) {
        return (wanted.key() == SnpKey.VCEK ? read(Layout.vcek(wanted)) : Optional.<byte[]>empty())
                .filter(c -> wanted.certificate(c).isPresent())
                .or(() -> unnamed().stream()
                        .flatMap(f -> files.read(f).stream())
                        .map(c -> c.bytes().clone())
                        .filter(c -> wanted.certificate(c).isPresent())
                        .findFirst());
    }

    private List<Path> unnamed() {
        try (Stream<Path> listed = Files.list(folder.resolve("snp").resolve("vek"))) {
            return listed.filter(
                            f -> f.toString().endsWith(".der") || f.toString().endsWith(".pem"))
                    .sorted()
                    .limit(MOST_FILES)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public Collateral intel(byte[] quote) {
        try {
            QuoteIdentity identity = QuoteIdentity.of(quote);
            Map<Part, byte[]> parts = new EnumMap<>(Part.class);
            Arrays.stream(Part.values())
                    .filter(p -> p != Part.PCK_CHAIN)
                    .forEach(p -> read(Layout.intel(identity, p)).ifPresent(bytes -> parts.put(p, bytes)));
            return new Collateral(parts);
        } catch (MalformedEvidence e) {
            return Collateral.none();
        }
    }

    private Optional<byte[]> read(Path file) {
        return files.read(folder.resolve(file)).map(c -> c.bytes().clone());
    }
}
