package ai.coreason.enclave.node.copies;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.sentry.contract.NodeDataset;
import ai.coreason.enclave.sentry.data.DataResource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder in which a site keeps its key and the fingerprints of the records that its datasets were trained on, also of
 * datasets that are no more. All nodes of a site may share one; they take turns by a lock. Thread-safe.
 *
 * <p>It holds {@code key}, {@code lock}, and for each dataset of each node {@code HEX.sketch}, named by half of
 * the SHA-256 of {@code node_id/dataset_id}. Its owner alone can read it.
 */
public final class FingerprintFolder {
    private static final String ENDING = ".sketch";
    /** Short enough to be shown whole where it is refused. */
    private static final int NAME_DIGITS = 32;

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private interface Work<T> {
        T with(FingerprintKey key) throws IOException, UnusableSketch;
    }

    private final Path folder;
    private final String nodeId;

    /**
     * A folder, which is made when it is first needed.
     *
     * @param nodeId the node that reads records
     */
    public FingerprintFolder(Path folder, String nodeId) {
        this.folder = folder;
        this.nodeId = nodeId;
    }

    /**
     * Refuses a folder that others can read.
     *
     * @throws InvalidDocument naming the member {@code fingerprints} of the site file
     * @throws IOException if the file system fails
     */
    public void requirePrivate() throws IOException {
        Optional<String> came = Optional.empty();
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            came = Files.isDirectory(folder) ? exposed(folder) : Optional.of("a file");
        }
        if (came.isPresent()) {
            throw InvalidDocument.at("fingerprints", "a folder that its owner alone can enter, rwx------", came.get());
        }
    }

    /**
     * Begins to take fingerprints of a dataset.
     *
     * @throws IOException if the key can be neither read nor made
     */
    public Fingerprints begin(DataResource resource) throws IOException {
        try {
            return inTurn(key -> Fingerprints.of(key, resource));
        } catch (UnusableSketch e) {
            throw new IllegalStateException("no sketch was read", e);
        }
    }

    /**
     * Compares the records of a dataset with those of all others that the site has trained on, and keeps their fingerprints
     * where none is a copy. The dataset's own fingerprints of before are replaced.
     *
     * @param distinctFrom datasets that the owner said are no copies; they are passed over, here and by them
     * @return the datasets that share records with it, most first; none of it is kept then
     * @throws UnusableSketch if the fingerprints of another dataset cannot be understood
     * @throws IOException if the folder cannot be read or written
     */
    public List<Copy> keep(DataResource resource, Fingerprints read, Collection<NodeDataset> distinctFrom)
            throws IOException, UnusableSketch {
        NodeDataset dataset = new NodeDataset(nodeId, resource.dataset().datasetId());
        KeptPrints present = new KeptPrints(dataset, Set.copyOf(distinctFrom), read.prints());
        return inTurn(key -> {
            if (!read.under(key)) {
                throw new FileSystemException(keyFile().toString(), null, "the key changed while records were read");
            }
            List<Copy> copies = copies(present, key);
            if (copies.isEmpty()) {
                PrivateFile.write(file(dataset), present.encode(key));
            }
            return copies;
        });
    }

    private List<Copy> copies(KeptPrints present, FingerprintKey key) throws IOException, UnusableSketch {
        List<Copy> copies = new ArrayList<>();
        for (Path file : others(present.dataset())) {
            KeptPrints other = read(file, key);
            if (!present.distinct(other)) {
                present.prints()
                        .copied(other.prints())
                        .ifPresent(overlap -> copies.add(Copy.of(other.dataset(), overlap)));
            }
        }
        copies.sort(Comparator.comparingLong(Copy::records).reversed());
        return copies;
    }

    private KeptPrints read(Path file, FingerprintKey key) throws IOException, UnusableSketch {
        String name = folder + "/" + InvalidDocument.shown(file.getFileName().toString());
        long size = Files.size(file);
        if (size > KeptPrints.MAX_BYTES) {
            throw new UnusableSketch(name, "at most " + KeptPrints.MAX_BYTES + " bytes", "" + size);
        }
        KeptPrints kept = KeptPrints.decode(Files.readAllBytes(file), key, name);
        if (!file.equals(file(kept.dataset()))) {
            throw new UnusableSketch(
                    name, "the dataset of that file name", kept.dataset().toString());
        }
        return kept;
    }

    private List<Path> others(NodeDataset dataset) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().endsWith(ENDING))
                    .filter(f -> !f.equals(file(dataset)))
                    .sorted()
                    .toList();
        }
    }

    private Path file(NodeDataset dataset) {
        String digest = Digests.sha256Hex(dataset.toString().getBytes(StandardCharsets.US_ASCII));
        return folder.resolve(digest.substring(0, NAME_DIGITS) + ENDING);
    }

    private Path keyFile() {
        return folder.resolve("key");
    }

    /** One node at a time, and in a process one thread: a lock on a file does not keep threads apart. */
    private <T> T inTurn(Work<T> work) throws IOException, UnusableSketch {
        synchronized (FingerprintFolder.class) {
            if (!Files.isDirectory(folder)) {
                PrivateFile.folder(folder);
            }
            refuseExposed(folder);
            try (FileChannel lock = FileChannel.open(
                    folder.resolve("lock"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_FILE)) {
                lock.lock();
                return work.with(key());
            }
        }
    }

    private FingerprintKey key() throws IOException {
        if (!Files.exists(keyFile(), LinkOption.NOFOLLOW_LINKS)) {
            PrivateFile.write(keyFile(), FingerprintKey.fresh());
        }
        refuseExposed(keyFile());
        long size = Files.size(keyFile());
        if (size != FingerprintKey.BYTES) {
            throw new FileSystemException(
                    keyFile().toString(), null, "expected a key of " + FingerprintKey.BYTES + " bytes, got " + size);
        }
        return new FingerprintKey(Files.readAllBytes(keyFile()));
    }

    private static void refuseExposed(Path file) throws IOException {
        Optional<String> came = exposed(file);
        if (came.isPresent()) {
            throw new FileSystemException(
                    file.toString(), null, "expected that its owner alone can read it, got " + came.get());
        }
    }

    /** The permissions of what others than its owner can use; of a link, those of what it leads to. */
    private static Optional<String> exposed(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        return OWNER.containsAll(permissions)
                ? Optional.empty()
                : Optional.of(PosixFilePermissions.toString(permissions));
    }

    @Override
    public String toString() {
        return "FingerprintFolder[" + folder + "]";
    }
}
