package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How one source's records are written, as its owner declared it, and how they are read. One class a format; a line in
 * {@link RecordFormats} makes it known. Immutable and thread-safe.
 */
public interface RecordFormat {
    /** What the records are once they are read. */
    Layout layout();

    /**
     * Reads all records and checks them against the layout, whatever is to become of them.
     *
     * @param files the source's files, by name: one, but where {@link #folderEndings()} allows more
     * @param sink is given the records
     * @return what does not obey
     * @throws ai.coreason.enclave.base.InvalidDocument if a file is not of the format; the message names a place and
     *     nothing of what stands there
     * @throws IOException if a file cannot be read
     */
    Findings read(List<Path> files, RecordSink sink) throws IOException;

    /**
     * Refuses a privacy unit that such records do not tell.
     *
     * @param path where it is stated, for errors
     * @throws ai.coreason.enclave.base.InvalidDocument if they do not
     */
    void requireUnit(PrivacyUnit unit, String path);

    /** Endings, in small letters, of the files that count where the path names a folder; empty where it names one file. */
    default Set<String> folderEndings() {
        return Set.of();
    }

    /** Whether files may be compressed by gzip. */
    default boolean compressible() {
        return true;
    }

    /** Texts that mean that a value is missing, besides those that the layout states. */
    default Set<String> missingTexts() {
        return Set.of();
    }

    /** What is hidden where the owner says nothing of it; empty where the owner has to. */
    default Optional<PrivacyUnit> defaultUnit() {
        return Optional.empty();
    }

    /** A column that every record has and that says whose it is, whatever the privacy unit. */
    default Optional<String> ownerColumn() {
        return Optional.empty();
    }

    /** How many bytes of memory the reading takes for each byte of the files; 0 where it stays flat. */
    default int memoryPerByte() {
        return 0;
    }
}
