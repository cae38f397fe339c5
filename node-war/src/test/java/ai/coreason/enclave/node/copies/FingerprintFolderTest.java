package ai.coreason.enclave.node.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.NodeDataset;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintFolderTest {
    private static final NodeDataset HEART = new NodeDataset("node_a", "heart");

    @TempDir
    private Path folder;

    private Path kept;
    private FingerprintFolder ofA;
    private FingerprintFolder ofB;
    private ReadPackage reader;

    @BeforeEach
    void nodes() {
        kept = folder.resolve("kept");
        ofA = new FingerprintFolder(kept, "node_a");
        ofB = new FingerprintFolder(kept, "node_b");
        reader = new ReadPackage(folder);
    }

    private List<Path> sketches() throws IOException {
        try (Stream<Path> files = Files.list(kept)) {
            return files.filter(f -> f.toString().endsWith(".sketch")).toList();
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void keep_newFolder_isItsOwnersAlone() throws Exception {
        reader.people(ofA, "heart", 0, 10);

        assertThat(mode(kept)).isEqualTo("rwx------");
        assertThat(kept.resolve("key")).hasSize(32);
        try (Stream<Path> files = Files.list(kept)) {
            assertThat(files.toList())
                    .hasSize(3)
                    .allSatisfy(f -> assertThat(mode(f)).isEqualTo("rw-------"));
        }
        assertThat(sketches().get(0).getFileName().toString()).matches("[0-9a-f]{32}\\.sketch");
    }

    @Test
    void keep_sharedFolder_findsACopyOfAnotherNode() throws Exception {
        assertThat(reader.people(ofA, "heart", 0, 100)).isEmpty();

        assertThat(reader.people(ofB, "lung", 0, 100)).containsExactly(new Copy(HEART, 100));
        assertThat(sketches()).hasSize(1);
        assertThat(reader.people(ofA, "heart", 0, 100)).isEmpty();
    }

    @Test
    void keep_renamedDataset_isFoundThoughTheOldOneIsGone() throws Exception {
        reader.people(ofA, "heart", 0, 100);
        Files.delete(folder.resolve("heart.csv"));

        assertThat(reader.people(new FingerprintFolder(kept, "node_a"), "cardio", 0, 100))
                .containsExactly(new Copy(HEART, 100));
    }

    @Test
    void keep_severalCopies_areToldMostFirst() throws Exception {
        reader.people(ofA, "heart", 0, 100);
        reader.people(ofA, "lung", 100, 400);

        assertThat(reader.people(ofB, "both", 50, 400))
                .containsExactly(new Copy(new NodeDataset("node_a", "lung"), 300), new Copy(HEART, 50));
    }

    @Test
    void keep_datasetsThatTheOwnerSaidAreDistinct_areNotCompared() throws Exception {
        reader.people(ofA, "heart", 0, 100);
        DataPackage lung =
                reader.describe("lung", """
                {"name": "r", "path": "heart.csv", "format": "csv", "schema": {"fields": %s}, %s}
                """.formatted(People.FIELDS, ReadPackage.coreason("lung", "\"record\"")));
        DataResource resource = lung.resources().get(0);

        assertThat(ReadPackage.read(ofB, lung, resource, Set.of(HEART))).isEmpty();
        assertThat(reader.people(ofA, "heart", 0, 100)).isEmpty();
        assertThat(reader.people(ofA, "third", 0, 100)).hasSize(2);
    }

    @Test
    void keep_otherRecordsThanBefore_replacesTheFingerprints() throws Exception {
        reader.people(ofA, "heart", 0, 100);
        reader.people(ofA, "heart", 500, 600);

        assertThat(reader.people(ofB, "lung", 0, 100)).isEmpty();
        assertThat(reader.people(ofB, "lungs", 500, 600)).hasSize(1);
    }

    @Test
    void keep_alteredSketch_isRefusedByNameUntilItIsGone() throws Exception {
        reader.people(ofA, "heart", 0, 100);
        Path sketch = sketches().get(0);
        byte[] bytes = Files.readAllBytes(sketch);
        bytes[bytes.length / 2] ^= 1;
        Files.write(sketch, bytes);

        assertThatThrownBy(() -> reader.people(ofB, "lung", 500, 600))
                .isInstanceOf(UnusableSketch.class)
                .hasMessage(
                        sketch + ": expected the tag of this site's key, got another: it was altered, or the key was"
                                + " replaced");
        assertThat(sketches()).hasSize(1);
        assertThat(reader.people(ofA, "heart", 0, 100)).isEmpty();
        assertThat(reader.people(ofB, "lung", 500, 600)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"00.sketch", ".sketch", "other.sketch"})
    void keep_sketchUnderAnotherName_isRefused(String name) throws Exception {
        reader.people(ofA, "heart", 0, 100);
        Files.move(sketches().get(0), kept.resolve(name));

        assertThatThrownBy(() -> reader.people(ofB, "lung", 500, 600))
                .isInstanceOf(UnusableSketch.class)
                .hasMessage(kept + "/" + name + ": expected the dataset of that file name, got node_a/heart");
    }

    @Test
    void keep_hugeSketch_isRefusedUnread() throws Exception {
        reader.people(ofA, "heart", 0, 10);
        try (var file = Files.newByteChannel(
                kept.resolve("huge.sketch"),
                java.nio.file.StandardOpenOption.CREATE_NEW,
                java.nio.file.StandardOpenOption.WRITE)) {
            file.position(KeptPrints.MAX_BYTES);
            file.write(java.nio.ByteBuffer.allocate(1));
        }
        assertThatThrownBy(() -> reader.people(ofA, "heart", 0, 10))
                .isInstanceOf(UnusableSketch.class)
                .hasMessageContaining("huge.sketch: expected at most ");
    }

    @Test
    void keep_keyThatWasReplaced_refusesWhatWasMadeUnderTheOldOne() throws Exception {
        reader.people(ofA, "heart", 0, 100);
        Files.delete(kept.resolve("key"));

        assertThatThrownBy(() -> reader.people(ofB, "lung", 0, 100)).isInstanceOf(UnusableSketch.class);
    }

    @Test
    void keep_keyReplacedWhileRecordsAreRead_isAFailureToRead() throws Exception {
        reader.people(ofA, "heart", 0, 100);
        DataPackage data = DataPackage.read(folder.resolve("heart.json"));
        DataResource resource = data.resources().get(0);
        Fingerprints prints = ReadPackage.taken(ofA.begin(resource), data, resource);
        Files.delete(kept.resolve("key"));

        assertThatThrownBy(() -> ofA.keep(resource, prints, Set.of()))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("the key changed while records were read");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33})
    void begin_keyOfAnotherLength_isAFailureToRead(int length) throws Exception {
        reader.people(ofA, "heart", 0, 10);
        Files.write(kept.resolve("key"), new byte[length]);

        assertThatThrownBy(() -> reader.people(ofA, "heart", 0, 10))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("key: expected a key of 32 bytes, got " + length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-x---", "rwx---r--", "rwx-----x", "rwx-w----"})
    void requirePrivate_folderThatOthersCanUse_isRefusedByName(String permissions) throws Exception {
        Files.createDirectory(kept);
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString(permissions));

        assertThatThrownBy(ofA::requirePrivate)
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("fingerprints: expected a folder that its owner alone can enter, rwx------, got "
                        + permissions);
        assertThatThrownBy(() -> reader.people(ofA, "heart", 0, 10)).isInstanceOf(FileSystemException.class);
        assertThat(kept).isEmptyDirectory();
    }

    @Test
    void begin_keyThatOthersCanRead_isAFailureToRead() throws Exception {
        reader.people(ofA, "heart", 0, 10);
        Files.setPosixFilePermissions(kept.resolve("key"), PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> reader.people(ofA, "heart", 0, 10))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("expected that its owner alone can read it, got rw-r-----");
    }

    @Test
    void requirePrivate_fileInItsPlace_isRefused() throws Exception {
        Files.createFile(kept);

        assertThatThrownBy(ofA::requirePrivate)
                .hasMessage("fingerprints: expected a folder that its owner alone can enter, rwx------, got a file");
        assertThatThrownBy(() -> reader.people(ofA, "heart", 0, 10)).isInstanceOf(FileSystemException.class);
    }

    @Test
    void requirePrivate_noFolderYetOrALinkToOne_isFine() throws Exception {
        ofA.requirePrivate();
        assertThat(kept).doesNotExist();
        reader.people(ofA, "heart", 0, 10);
        Path link = Files.createSymbolicLink(folder.resolve("link"), kept);
        FingerprintFolder linked = new FingerprintFolder(link, "node_b");
        linked.requirePrivate();
        assertThat(reader.people(linked, "lung", 0, 10)).hasSize(1);
    }

    @Test
    void begin_manyAtOnce_makeOneKey() throws Exception {
        reader.people(new FingerprintFolder(folder.resolve("other"), "node_a"), "heart", 0, 10);
        DataResource resource =
                DataPackage.read(folder.resolve("heart.json")).resources().get(0);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Fingerprints>> all = IntStream.range(0, 32)
                    .mapToObj(i -> threads.submit(() -> new FingerprintFolder(kept, "node_" + i).begin(resource)))
                    .toList();
            FingerprintKey key = new FingerprintKey(readKey(all.get(0).get()));
            for (Future<Fingerprints> one : all) {
                assertThat(one.get().under(key)).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    private byte[] readKey(Fingerprints afterThese) throws IOException {
        assertThat(afterThese).hasToString("Fingerprints[REDACTED]");
        return Files.readAllBytes(kept.resolve("key"));
    }

    @Test
    void keep_whatACrashLeftBehind_isPassedOver() throws Exception {
        reader.people(ofA, "heart", 0, 100);
        Files.copy(
                sketches().get(0),
                kept.resolve("." + sketches().get(0).getFileName() + "123.new"),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(reader.people(ofB, "lung", 500, 600)).isEmpty();
    }
}
