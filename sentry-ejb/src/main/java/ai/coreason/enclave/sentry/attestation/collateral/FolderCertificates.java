package ai.coreason.enclave.sentry.attestation.collateral;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.der.ListEncoding;
import ai.coreason.enclave.sentry.attestation.der.ListSigns;
import ai.coreason.enclave.sentry.attestation.folder.FolderFiles;
import ai.coreason.enclave.sentry.attestation.http.FileReader;
import ai.coreason.enclave.sentry.attestation.http.Shelf;
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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.function.Predicate;
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
 *   <li>each of these lists in any form of {@link ListEncoding}, and under other endings than {@code .der} as well
 *   <li>{@code nvidia/}: manifests of any driver and VBIOS, {@code .swidtag} or {@code .xml}, of which those are given that say
 *       they are of the device; and revocation lists under any name, in the same forms, all of them. The first 128 manifests and
 *       32 files of lists by name are looked at
 * </ul>
 */
public final class FolderCertificates implements CertificateSource {
    private static final System.Logger LOG = System.getLogger(FolderCertificates.class.getName());
    private static final int MOST_FILES = 4096;
    private static final int MOST_MANIFESTS = 128;
    private static final int MOST_LISTS = 32;

    private final Path folder;
    private final FileReader files = new FileReader();
    /** What files hold, as long as they are kept. */
    private final Map<FileReader.Content, Held> held = Collections.synchronizedMap(new WeakHashMap<>());

    private volatile List<String> told = List.of();

    private record Held(List<byte[]> lists, boolean mayBe) {
        static Held in(FileReader.Content file) {
            return new Held(ListEncoding.ders(file.bytes()), ListSigns.mayHold(file.bytes()));
        }
    }

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
                .or(() -> listed(Layout.veks(), MOST_FILES, ends(".der", ".pem")).stream()
                        .flatMap(f -> files.read(f).stream())
                        .map(c -> c.bytes().clone())
                        .filter(c -> wanted.certificate(c).isPresent())
                        .findFirst());
    }

    private static Predicate<String> ends(String... endings) {
        return name -> Arrays.stream(endings).anyMatch(name::endsWith);
    }

    /** Files by name, no more than so many; none if there is no such folder. */
    private List<Path> listed(Path below, int most, Predicate<String> name) {
        List<Path> found;
        try (Stream<Path> listed = Files.list(folder.resolve(below))) {
            found = listed.filter(f -> name.test(f.getFileName().toString()))
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

    /**
     * A revocation list under the layout's name, or under that with another ending: the first that can be read, else, as it is,
     * the first.
     */
    private Optional<byte[]> list(Path der) {
        String name = der.getFileName().toString();
        String stem = name.substring(0, name.lastIndexOf('.'));
        List<byte[]> found =
                listed(der.getParent(), MOST_FILES, f -> f.equals(stem) || f.startsWith(stem + ".")).stream()
                        .sorted(Comparator.comparing(f -> !f.endsWith(name)))
                        .flatMap(f -> files.read(f).stream())
                        .map(c -> c.bytes().clone())
                        .toList();
        return found.stream()
                .flatMap(b -> ListEncoding.one(b).stream())
                .findFirst()
                .or(() -> found.stream().findFirst());
    }

    @Override
    public List<String> unusedLists() {
        List<String> names;
        try {
            names = FolderFiles.in(folder, MOST_FILES, Layout.keys());
        } catch (NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            return told(List.of("a folder that cannot be read"));
        }
        if (names.size() > MOST_FILES) {
            return told(List.of("more than " + MOST_FILES + " files"));
        }
        Set<ByteBuffer> used = new HashSet<>();
        Layout.lists().forEach(l -> list(l).map(ByteBuffer::wrap).ifPresent(used::add));
        nvidiaLists().forEach(l -> used.add(ByteBuffer.wrap(l)));
        return told(names.stream().filter(n -> isUnused(n, used)).toList());
    }

    /** Logs what is not used where it is not the same as before. */
    private List<String> told(List<String> unused) {
        if (!unused.equals(told)) {
            unused.forEach(n ->
                    LOG.log(System.Logger.Level.WARNING, "collateral.list.unused file={0}", InvalidDocument.shown(n)));
            told = unused;
        }
        return unused;
    }

    /** Whether a file may be a list that is not used; one that a cache is about to write, or that has gone, is none. */
    private boolean isUnused(String name, Set<ByteBuffer> used) {
        Path file = folder.resolve(name);
        Optional<Held> content = held(file);
        List<byte[]> lists = content.map(Held::lists).orElse(List.of());
        boolean allUsed =
                !lists.isEmpty() && lists.stream().map(ByteBuffer::wrap).allMatch(used::contains);
        return !allUsed
                && !file.getFileName().toString().startsWith(Shelf.PART)
                && Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && (ListSigns.isNamed(name) || content.map(Held::mayBe).orElse(true));
    }

    private Optional<Held> held(Path file) {
        return files.read(file).map(c -> held.computeIfAbsent(c, Held::in));
    }

    @Override
    public NvidiaCollateral nvidia(byte[] report, byte[] chain) {
        try {
            NvidiaIdentity device = NvidiaIdentity.of(report, chain);
            Map<String, byte[]> manifests = new TreeMap<>();
            for (Path file : listed(Layout.nvidia(), MOST_MANIFESTS, ends(".swidtag", ".xml"))) {
                files.read(file)
                        .map(FileReader.Content::bytes)
                        .filter(xml -> label(file, xml).filter(device::isOf).isPresent())
                        .ifPresent(xml -> manifests.put(file.getFileName().toString(), xml));
            }
            List<X509CRL> lists =
                    nvidiaLists().stream().map(FolderCertificates::list).toList();
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

    /** The lists of NVIDIA in DER, under any name. */
    private List<byte[]> nvidiaLists() {
        return listed(Layout.nvidia(), MOST_FILES, f -> true).stream()
                .flatMap(f -> held(f).map(Held::lists).stream())
                .filter(l -> !l.isEmpty())
                .limit(MOST_LISTS)
                .flatMap(List::stream)
                .toList();
    }

    private static X509CRL list(byte[] der) {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a list that was read before cannot be read", e);
        }
    }

    private Optional<byte[]> read(Path file) {
        return files.read(folder.resolve(file)).map(c -> c.bytes().clone());
    }
}
