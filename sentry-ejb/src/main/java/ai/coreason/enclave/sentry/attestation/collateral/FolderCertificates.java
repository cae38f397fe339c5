package ai.coreason.enclave.sentry.attestation.collateral;

import ai.coreason.enclave.sentry.attestation.ListEncoding;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.intel.QuoteIdentity;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaIdentity;
import ai.coreason.enclave.sentry.attestation.nvidia.RimLabel;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.VekIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
 *   <li>each of these lists in DER, PEM or hexadecimal text, and under {@code .pem}, {@code .crl} or {@code .hex} as well
 *   <li>{@code nvidia/}: manifests of any driver and VBIOS, {@code .swidtag} or {@code .xml}, of which those are given that say
 *       they are of the device; and revocation lists, {@code .crl}, in the same forms, all of them. The first 128 manifests and 32
 *       files of lists by name are looked at
 * </ul>
 */
public final class FolderCertificates implements CertificateSource {
    private static final System.Logger LOG = System.getLogger(FolderCertificates.class.getName());
    private static final int MOST_FILES = 4096;
    private static final int MOST_MANIFESTS = 128;
    private static final int MOST_LISTS = 32;

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
                return new SnpCertificates(vek, read(Layout.chain(candidate)), list(Layout.crl(candidate)));
            }
        }
        return SnpCertificates.NONE;
    }

    private Optional<byte[]> vek(VekIdentity wanted) {
        return (wanted.key() == SnpKey.VCEK ? read(Layout.vcek(wanted)) : Optional.<byte[]>empty())
                .filter(c -> wanted.certificate(c).isPresent())
                .or(() -> listed(Layout.veks(), MOST_FILES, ".der", ".pem").stream()
                        .flatMap(f -> files.read(f).stream())
                        .map(c -> c.bytes().clone())
                        .filter(c -> wanted.certificate(c).isPresent())
                        .findFirst());
    }

    /** Files by name, no more than so many; none if there is no such folder. */
    private List<Path> listed(Path below, int most, String... endings) {
        List<Path> found;
        try (Stream<Path> listed = Files.list(folder.resolve(below))) {
            found = listed.filter(f -> Arrays.stream(endings).anyMatch(f.toString()::endsWith))
                    .sorted()
                    .limit(most + 1L)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
        if (found.size() > most) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "collateral.folder.too_many folder={0} first_not_read={1}",
                    below,
                    found.get(most).getFileName());
            return found.subList(0, most);
        }
        return found;
    }

    @Override
    public Collateral intel(byte[] quote) {
        try {
            QuoteIdentity identity = QuoteIdentity.of(quote);
            Map<Part, byte[]> parts = new EnumMap<>(Part.class);
            Arrays.stream(Part.values())
                    .filter(p -> p != Part.PCK_CHAIN)
                    .forEach(p -> part(identity, p).ifPresent(bytes -> parts.put(p, bytes)));
            return new Collateral(parts);
        } catch (MalformedEvidence e) {
            return Collateral.none();
        }
    }

    private Optional<byte[]> part(QuoteIdentity identity, Part part) {
        Path file = Layout.intel(identity, part);
        return part == Part.ROOT_CRL || part == Part.PCK_CRL ? list(file) : read(file);
    }

    /** A revocation list under the layout's name, or under that with another ending. */
    private Optional<byte[]> list(Path der) {
        String name = der.getFileName().toString();
        String stem = name.substring(0, name.lastIndexOf('.'));
        return Stream.of(name, stem + ".pem", stem + ".crl", stem + ".hex")
                .flatMap(n -> read(der.resolveSibling(n)).stream())
                .findFirst();
    }

    @Override
    public NvidiaCollateral nvidia(byte[] report, byte[] chain) {
        try {
            NvidiaIdentity device = NvidiaIdentity.of(report, chain);
            Map<String, byte[]> manifests = new TreeMap<>();
            for (Path file : listed(Layout.nvidia(), MOST_MANIFESTS, ".swidtag", ".xml")) {
                files.read(file)
                        .map(FileReader.Content::bytes)
                        .filter(xml -> label(file, xml).filter(device::isOf).isPresent())
                        .ifPresent(xml -> manifests.put(file.getFileName().toString(), xml));
            }
            List<X509CRL> lists = listed(Layout.nvidia(), MOST_LISTS, ".crl").stream()
                    .flatMap(f -> lists(f).stream())
                    .toList();
            return new NvidiaCollateral(manifests, lists);
        } catch (MalformedEvidence e) {
            return NvidiaCollateral.NONE;
        }
    }

    private static Optional<RimLabel> label(Path file, byte[] xml) {
        Optional<RimLabel> label = RimLabel.of(xml);
        if (label.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "collateral.manifest.unreadable file={0}", file.getFileName());
        }
        return label;
    }

    private List<X509CRL> lists(Path file) {
        Optional<byte[]> bytes = files.read(file).map(FileReader.Content::bytes);
        List<X509CRL> lists = bytes.map(FolderCertificates::lists).orElse(List.of());
        if (bytes.isPresent() && lists.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "collateral.list.unreadable file={0}", file.getFileName());
        }
        return lists;
    }

    private static List<X509CRL> lists(byte[] bytes) {
        try {
            List<X509CRL> out = new ArrayList<>();
            for (byte[] der : ListEncoding.ders(bytes)) {
                out.add((X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der)));
            }
            return out;
        } catch (GeneralSecurityException e) {
            return List.of();
        }
    }

    private Optional<byte[]> read(Path file) {
        return files.read(folder.resolve(file)).map(c -> c.bytes().clone());
    }
}
