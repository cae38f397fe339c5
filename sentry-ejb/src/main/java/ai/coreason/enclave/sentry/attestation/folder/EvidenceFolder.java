package ai.coreason.enclave.sentry.attestation.folder;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.IncompleteEvidence;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.der.ListEncoding;
import ai.coreason.enclave.sentry.attestation.der.ListSigns;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A folder of evidence while it is judged, subfolders included: which of its files took part is kept, and the others are named
 * in the answer. One of those that may be a revocation list leaves evidence under a policy unjudged, as it may be the one that
 * revokes; one that should be a list and cannot be read leaves it unjudged with or without a policy. Not thread-safe.
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
    private final Set<ByteBuffer> judged = new HashSet<>();
    private final Set<String> containers = new HashSet<>();
    private final Map<String, Reason> unread = new TreeMap<>();

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
            String there = Files.exists(folder) ? "a file" : "nothing";
            return unjudged(
                    new Reason("folder", "a folder that can be read", Files.isDirectory(folder) ? failure(e) : there));
        }
        if (files.names.size() > MAX_FILES) {
            return unjudged(new Reason("folder", "at most " + MAX_FILES + " files in it and below", "more"));
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
        return new EvidenceFolder(folder, FolderFiles.in(folder, MAX_FILES));
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
        if (!Files.isRegularFile(file)) {
            throw new FileSystemException(name);
        }
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
     * The names of the files that match, in order; those of subfolders are not among them.
     *
     * @throws MalformedEvidence if they are more than that
     */
    public List<String> named(String pattern, int most) throws MalformedEvidence {
        List<String> found = names.stream()
                .filter(EvidenceFolder::isOutside)
                .filter(n -> n.matches(pattern))
                .toList();
        if (found.size() > most) {
            throw new MalformedEvidence(new Reason("folder", "at most " + most + " files of a sort", "more"));
        }
        return found;
    }

    /**
     * The names of the files, in subfolders as well, that hold revocation lists which took no part so far, whatever they are
     * called and whatever else they hold.
     */
    public List<String> lists() {
        return names.stream().filter(n -> holdsMore(ders(n))).toList();
    }

    /** The lists of a file that is read as a whole, which is not one of over 1 MiB. */
    private List<byte[]> ders(String name) {
        return head(name)
                .filter(b -> b.length <= ByteReader.MAX_EVIDENCE)
                .map(ListEncoding::ders)
                .orElse(List.of());
    }

    /** All lists of a file in DER, which take part. */
    public List<byte[]> listsIn(String name) {
        List<byte[]> lists = ders(name);
        if (!lists.isEmpty()) {
            used.add(name);
            lists.forEach(l -> judged.add(ByteBuffer.wrap(l)));
        }
        return lists;
    }

    /**
     * The one revocation list under a stem, as {@code crl} of {@code crl.der} and {@code crl.pem}, in DER. If there are files
     * under that stem and none of them is one list that can be read, there is none, and the answer says so.
     */
    public Optional<byte[]> list(String stem) {
        List<String> own = names.stream()
                .filter(n -> n.equals(stem) || n.startsWith(stem + "."))
                .filter(EvidenceFolder::isOutside)
                .sorted(Comparator.comparing(n -> !n.equals(stem + ".der")))
                .toList();
        Optional<byte[]> found = oneOf(own);
        if (found.isEmpty()) {
            own.forEach(n -> unread(n, head(n)));
        }
        return found;
    }

    /** The list of the first file that holds just one and was not used, whatever it is called. */
    public Optional<byte[]> anyList() {
        return oneOf(lists());
    }

    private Optional<byte[]> oneOf(List<String> files) {
        return files.stream()
                .filter(n -> ders(n).size() == 1)
                .findFirst()
                .map(n -> listsIn(n).get(0));
    }

    /**
     * Notes a list that came inside a file which was read: it takes part, or leaves the evidence unjudged if it is none.
     *
     * @param file the name of that file
     */
    public Optional<byte[]> inside(String file, byte[] list) {
        Optional<byte[]> der = ListEncoding.one(list);
        der.ifPresentOrElse(d -> judged.add(ByteBuffer.wrap(d)), () -> unread(file, Optional.of(list)));
        containers.add(file);
        return der;
    }

    /** Notes a file that should be a revocation list and is none that can be read. */
    public void unread(String name) {
        unread(name, head(name));
    }

    private void unread(String name, Optional<byte[]> content) {
        used.add(name);
        String came = content.map(EvidenceFolder::kind).orElse("what cannot be read");
        unread.put(name, new Reason(InvalidDocument.shown(name), "a revocation list " + ListEncoding.FORMS, came));
    }

    private static String kind(byte[] file) {
        if (file.length == 0) {
            return "an empty file";
        }
        if (file.length > ByteReader.MAX_EVIDENCE) {
            return "more than " + ByteReader.MAX_EVIDENCE + " bytes";
        }
        int lists = ListEncoding.ders(file).size();
        if (lists > 1) {
            return lists + " lists";
        }
        return ListEncoding.text(file).stripLeading().startsWith("<") ? "a page of HTML or XML" : "something else";
    }

    private static boolean isOutside(String name) {
        return name.indexOf('/') < 0;
    }

    /** Whether there are lists, and one that took no part. */
    private boolean holdsMore(List<byte[]> lists) {
        return lists.stream().anyMatch(l -> !judged.contains(ByteBuffer.wrap(l)));
    }

    /** The bytes of a file that may be any, at most one more than 1 MiB; empty where it cannot be read. */
    private Optional<byte[]> head(String name) {
        return FolderFiles.head(folder.resolve(name), ByteReader.MAX_EVIDENCE + 1);
    }

    private Appraisal answer(Appraisal appraisal, boolean demanded) {
        List<String> unused = new ArrayList<>();
        List<Reason> open = new ArrayList<>(unread.values());
        for (String name : names) {
            boolean told = unread.containsKey(name) && !containers.contains(name);
            Use use = told ? Use.NONE : use(name);
            String shown = InvalidDocument.shown(name) + (use == Use.BUT_LISTS ? ": revocation lists" : "");
            if (use != Use.WHOLE) {
                unused.add(shown);
            }
            if (demanded && !told && (use == Use.BUT_LISTS || use == Use.NONE && mayBeList(name))) {
                open.add(new Reason(shown, "a revocation list that can be judged", "one that was not used"));
            }
        }
        Appraisal out = appraisal.beside(unused);
        for (Reason reason : out.result() == Appraisal.Result.INVALID ? List.<Reason>of() : open) {
            out = out.open(reason);
        }
        return out;
    }

    private enum Use {
        WHOLE,
        BUT_LISTS,
        NONE
    }

    private Use use(String name) {
        Optional<byte[]> file = head(name);
        List<byte[]> lists = ders(name);
        boolean listsUsed = !lists.isEmpty() && !holdsMore(lists);
        if (listsUsed || containers.contains(name)) {
            return Use.WHOLE;
        }
        if (!used.contains(name)) {
            return Use.NONE;
        }
        return file.filter(ListSigns::mayHold).isPresent() ? Use.BUT_LISTS : Use.WHOLE;
    }

    /** By its name, by what it holds or begins with, or since nobody could look. */
    private boolean mayBeList(String name) {
        return ListSigns.isNamed(name) || head(name).map(ListSigns::mayHold).orElse(true);
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
