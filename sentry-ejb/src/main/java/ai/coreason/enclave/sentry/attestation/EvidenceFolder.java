package ai.coreason.enclave.sentry.attestation;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of evidence while it is judged: which of its files took part is kept, and the others are named in the answer. A
 * revocation list among those leaves evidence under a policy unjudged, as it may be the one that revokes. Not thread-safe.
 */
public final class EvidenceFolder {
    private static final int MAX_FILES = 1000;

    /** Judges what is in a folder. */
    @FunctionalInterface
    public interface Judge {
        /**
         * Judges.
         *
         * @throws MalformedEvidence if a file is not of its form: the evidence is invalid
         * @throws IncompleteEvidence if one is missing without which nothing can be judged: it is unjudged
         * @throws IOException if one cannot be read: it is unjudged
         */
        Appraisal judge(EvidenceFolder files) throws MalformedEvidence, IncompleteEvidence, IOException;
    }

    private final Path folder;
    private final List<String> names;
    private final Set<String> used = new HashSet<>();

    private EvidenceFolder(Path folder, List<String> names) {
        this.folder = folder;
        this.names = names;
    }

    /**
     * Gives one answer on a folder, whatever it holds.
     *
     * @param demanded whether there is a policy
     */
    public static Appraisal judge(Path folder, boolean demanded, Judge judge) {
        EvidenceFolder files;
        try {
            files = open(folder);
        } catch (IOException e) {
            return unjudged(new Reason("folder", "a folder that can be read", failure(e)));
        }
        try {
            return files.answer(files.judged(judge), demanded);
        } catch (IOException e) {
            return files.answer(unjudged(new Reason("folder", "files that can be read", failure(e))), false);
        }
    }

    private Appraisal judged(Judge judge) throws IOException {
        try {
            return judge.judge(this);
        } catch (MalformedEvidence e) {
            return Appraisal.of(List.of(e.reason()), List.of(), Appraisal.Claims.none());
        } catch (IncompleteEvidence e) {
            return unjudged(e.reason());
        }
    }

    private static EvidenceFolder open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(String.valueOf(folder.getFileName()));
        }
        try (Stream<Path> listed = Files.list(folder)) {
            return new EvidenceFolder(
                    folder,
                    listed.filter(Files::isRegularFile)
                            .map(f -> f.getFileName().toString())
                            .sorted()
                            .limit(MAX_FILES)
                            .toList());
        }
    }

    /**
     * A file's bytes, which take part in the judgement; empty if there is none.
     *
     * @throws MalformedEvidence if it is over 1 MiB
     */
    public Optional<byte[]> read(String name) throws IOException, MalformedEvidence {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        used.add(name);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(ByteReader.MAX_EVIDENCE + 1);
            if (bytes.length > ByteReader.MAX_EVIDENCE) {
                throw new MalformedEvidence(new Reason(name, "at most " + ByteReader.MAX_EVIDENCE + " bytes", "more"));
            }
            return Optional.of(bytes);
        }
    }

    /**
     * A file's bytes.
     *
     * @throws IncompleteEvidence if there is none
     */
    public byte[] required(String name) throws IOException, MalformedEvidence, IncompleteEvidence {
        Optional<byte[]> bytes = read(name);
        if (bytes.isEmpty()) {
            throw new IncompleteEvidence(name);
        }
        return bytes.get();
    }

    /**
     * The names of the files that match, in order.
     *
     * @throws MalformedEvidence if they are more than that
     */
    public List<String> named(String pattern, int most) throws MalformedEvidence {
        List<String> found = names.stream().filter(n -> n.matches(pattern)).toList();
        if (found.size() > most) {
            throw new MalformedEvidence(new Reason("folder", "at most " + most + " files of a sort", "more"));
        }
        return found;
    }

    /** The names of the files that were not read so far and hold revocation lists, whatever they are called. */
    public List<String> lists() {
        return names.stream()
                .filter(n -> !used.contains(n))
                .filter(n -> beside(n).filter(ListEncoding::isList).isPresent())
                .toList();
    }

    /**
     * The one revocation list under a stem, as {@code crl} of {@code crl.der} and {@code crl.pem}, in DER; others that hold the
     * same one take part with it. A file under that stem that holds none is given as it is.
     */
    public Optional<byte[]> list(String stem) throws IOException, MalformedEvidence {
        List<String> own = names.stream()
                .filter(n -> n.equals(stem) || n.startsWith(stem + "."))
                .toList();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        String first = own.contains(stem + ".der") ? stem + ".der" : own.get(0);
        return Optional.of(listIn(first));
    }

    /** The revocation list of a file in DER, with which the files that hold the same one take part. */
    public byte[] listIn(String name) throws IOException, MalformedEvidence {
        byte[] list = ListEncoding.der(read(name).orElse(new byte[0]));
        for (String other : lists()) {
            if (beside(other)
                    .filter(b -> Arrays.equals(list, ListEncoding.der(b)))
                    .isPresent()) {
                used.add(other);
            }
        }
        return list;
    }

    /** The bytes of a file that may be any; empty where it cannot be read or is over 1 MiB. */
    private Optional<byte[]> beside(String name) {
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            byte[] bytes = in.readNBytes(ByteReader.MAX_EVIDENCE + 1);
            return bytes.length > ByteReader.MAX_EVIDENCE ? Optional.empty() : Optional.of(bytes);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Appraisal answer(Appraisal appraisal, boolean demanded) {
        List<String> unused = names.stream().filter(n -> !used.contains(n)).toList();
        Appraisal out =
                appraisal.beside(unused.stream().map(InvalidDocument::shown).toList());
        for (String name : unused) {
            if (demanded && out.result() != Appraisal.Result.INVALID && mayBeList(name)) {
                out = out.open(new Reason(
                        InvalidDocument.shown(name), "a revocation list that can be judged", "one that was not used"));
            }
        }
        return out;
    }

    /** By its name, what it holds, what it begins with where it is too long to be read, or since nobody could look. */
    private boolean mayBeList(String name) {
        if (name.toLowerCase(Locale.ROOT).contains("crl")) {
            return true;
        }
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            byte[] bytes = in.readNBytes(ByteReader.MAX_EVIDENCE + 1);
            return bytes.length > ByteReader.MAX_EVIDENCE ? ListEncoding.mayBegin(bytes) : ListEncoding.isList(bytes);
        } catch (IOException e) {
            return true;
        }
    }

    private static Appraisal unjudged(Reason reason) {
        return Appraisal.of(List.of(), List.of(reason), Appraisal.Claims.none());
    }

    /** The kind of failure; a path of this machine is nobody's business. */
    private static String failure(IOException e) {
        return e.getClass()
                .getSimpleName()
                .replaceAll("([a-z])([A-Z])", "$1 $2")
                .toLowerCase(Locale.ROOT);
    }
}
