package ai.coreason.enclave.sentry.attestation.http;

import ai.coreason.enclave.sentry.attestation.http.Document.Copy;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Documents of a service, kept in memory and, if there is a folder, there. A document is fetched when it is not here, is
 * older than it may be or has ended; if that fails, the old one is given on, and who judges it sees its age. Each is fetched
 * by one thread at a time, and after a failure or a 404 not again for a while. The last 256 are kept in memory. Thread-safe.
 */
public final class Shelf {
    /** How the name of a file begins that is not yet whole. */
    public static final String PART = ".part-";

    private static final System.Logger LOG = System.getLogger(Shelf.class.getName());
    private static final int KEPT = 256;
    private static final Duration AFTER_ABSENT = Duration.ofMinutes(10);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

    private final Download download;
    private final Optional<Path> folder;
    private final FileReader files = new FileReader();
    private final Map<URI, Place> places = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<URI, Place> eldest) {
            return size() > KEPT;
        }
    };

    public Shelf(Download download, Optional<Path> folder) {
        this.download = download;
        this.folder = folder;
    }

    /** What is known of one address; guarded by its lock. */
    private static final class Place {
        private final ReentrantLock lock = new ReentrantLock();
        private Optional<Kept> kept = Optional.empty();
        private Instant notBefore = Instant.MIN;
    }

    private record Kept(Copy copy, Instant fetched, Instant until) {
        boolean fresh(Duration age, Instant now) {
            return !fetched.isAfter(now) && now.isBefore(fetched.plus(age)) && !now.isAfter(until);
        }
    }

    /** A document; empty if there is none, or it cannot be had. */
    public Optional<Copy> get(Document document) {
        Place place;
        synchronized (places) {
            place = places.computeIfAbsent(document.uri(), u -> new Place());
        }
        place.lock.lock();
        try {
            Instant now = download.clock().instant();
            if (place.kept.isEmpty()) {
                place.kept = stored(document);
            }
            boolean fresh = place.kept.isPresent() && place.kept.get().fresh(document.age(), now);
            if (!fresh && !now.isBefore(place.notBefore)) {
                fetch(document, place);
            }
            return place.kept.map(Kept::copy);
        } finally {
            place.lock.unlock();
        }
    }

    private void fetch(Document document, Place place) {
        Answer answer = download.get(document.uri());
        Instant now = download.clock().instant();
        if (answer instanceof Answer.Found found) {
            Optional<Kept> taken = taken(document, found, now);
            if (taken.isPresent()) {
                place.kept = taken;
                place.notBefore = now.plus(AFTER_FAILURE);
                store(document, taken.get());
                return;
            }
            answer = new Answer.Failed("another document", now);
        }
        if (answer instanceof Answer.Failed failed) {
            Instant pause = now.plus(AFTER_FAILURE);
            place.notBefore = failed.notBefore().isAfter(pause) ? failed.notBefore() : pause;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "collateral.fetch.failed host={0} document={1} why={2} kept={3}",
                    document.uri().getHost(),
                    document.file().getFileName(),
                    failed.why(),
                    place.kept.isPresent());
        } else {
            place.notBefore = now.plus(AFTER_ABSENT);
        }
    }

    private static Optional<Kept> taken(Document document, Answer.Found found, Instant now) {
        byte[] chain = document.signers().stream()
                .flatMap(s -> s.headers().stream())
                .flatMap(h -> found.headers().firstValue(h).stream())
                .findFirst()
                .map(Shelf::decoded)
                .orElse(new byte[0]);
        return kept(document, new Copy(document.form().apply(found.body()), chain), now);
    }

    private static byte[] decoded(String header) {
        try {
            return URLDecoder.decode(header.replace("+", "%2B"), StandardCharsets.US_ASCII)
                    .getBytes(StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static Optional<Kept> kept(Document document, Copy copy, Instant fetched) {
        return document.until().apply(copy).map(until -> new Kept(copy, fetched, until));
    }

    private Optional<Kept> stored(Document document) {
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        Optional<byte[]> chain = document.signers()
                .map(s -> files.read(folder.get().resolve(s.file()))
                        .map(FileReader.Content::bytes)
                        .orElse(new byte[0]));
        return files.read(folder.get().resolve(document.file()))
                .flatMap(body -> kept(
                        document,
                        new Copy(body.bytes(), chain.orElse(new byte[0])),
                        body.modified().toInstant()));
    }

    private void store(Document document, Kept kept) {
        if (folder.isEmpty()) {
            return;
        }
        try {
            if (document.signers().isPresent()) {
                write(document.signers().get().file(), kept.copy().chain(), kept.fetched());
            }
            write(document.file(), kept.copy().body(), kept.fetched());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "collateral.cache.unwritable document={0}", document.file());
        }
    }

    private void write(Path name, byte[] bytes, Instant fetched) throws IOException {
        Path file = folder.get().resolve(name);
        Files.createDirectories(file.getParent());
        Path part = Files.createTempFile(file.getParent(), PART, null);
        try {
            Files.write(part, bytes);
            Files.setLastModifiedTime(part, FileTime.from(fetched));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
