package ai.coreason.enclave.overseer.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.SmallJob;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    @TempDir
    private Path folder;

    private ModelStore models;

    @BeforeEach
    void open() {
        models = new ModelStore(new Storage(folder.toString()));
    }

    private static ObjectNode document() {
        ObjectNode document = SmallJob.document();
        ((ObjectNode) document.get("model")).set("nodes", Json.read("""
                [{"name": "base", "op": "linear", "in": ["x"], "out_features": 2, "bias": true},
                 {"name": "fc", "op": "linear", "in": ["base"], "out_features": 1, "bias": true}]
                """));
        return document;
    }

    private static FederationJob job(ObjectNode document) {
        return FederationJob.parse(document, JobRules.inSimulation());
    }

    @Test
    void initial_sameSeedAndJob_givesTheSameModel() {
        FederationJob seeded = job(document().put("seed", 7));
        assertThat(models.initial(seeded, "job")).isEqualTo(models.initial(seeded, "job"));
        assertThat(models.initial(seeded, "job")).isNotEqualTo(models.initial(seeded, "other"));
    }

    @Test
    void initial_frozenWeightsWithoutAModel_areRefusedByName() {
        ObjectNode document = document();
        ((ObjectNode) document.at("/model/nodes/0")).put("trainable", false);
        assertThatThrownBy(() -> models.initial(job(document), "job"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("initial_model")
                .hasMessageContaining("base.weight");
    }

    @Test
    void initial_namedModel_isKeptWithItsFrozenWeights() {
        String digest = models.initial(job(document()), "job");
        ObjectNode document = document().put("initial_model", digest);
        ((ObjectNode) document.at("/model/nodes/0")).put("trainable", false);
        assertThat(models.initial(job(document), "next")).isEqualTo(digest);
    }

    @Test
    void initial_unknownModel_isRefused() {
        assertThatThrownBy(() -> models.initial(job(document().put("initial_model", "0".repeat(64))), "job"))
                .hasMessageContaining("initial_model");
    }

    @Test
    void check_fileThatWasChecked_isNotReadAgain() throws Exception {
        String digest = models.initial(job(document()), "job");
        Path file = folder.resolve("vault/models").resolve(digest);
        long size = models.check(digest);
        assertThat(size).isEqualTo(Files.size(file));

        flipABit(file, Files.getLastModifiedTime(file));

        assertThat(models.check(digest)).isEqualTo(size);
        assertThatThrownBy(() -> models.weights(digest, job(document()).model()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("vault entry " + digest + " was changed on disk");
        assertThatThrownBy(() -> new ModelStore(new Storage(folder.toString())).check(digest))
                .hasMessage("vault entry " + digest + " was changed on disk");
    }

    @Test
    void check_fileWrittenSince_isReadAgainAndRefused() throws Exception {
        String digest = models.initial(job(document()), "job");
        Path file = folder.resolve("vault/models").resolve(digest);
        long size = models.check(digest);
        FileTime before = Files.getLastModifiedTime(file);

        flipABit(file, FileTime.from(before.toInstant().plusSeconds(1)));
        assertThatThrownBy(() -> models.check(digest)).hasMessage("vault entry " + digest + " was changed on disk");
        assertThatThrownBy(() -> models.check(digest)).hasMessage("vault entry " + digest + " was changed on disk");

        flipABit(file, FileTime.from(before.toInstant().plusSeconds(2)));
        assertThat(models.check(digest)).isEqualTo(size);
    }

    @Test
    void check_noSuchFile_isMissingEvenIfItWasThere() throws Exception {
        String digest = models.initial(job(document()), "job");
        models.check(digest);

        Files.delete(folder.resolve("vault/models").resolve(digest));

        assertThatThrownBy(() -> models.check(digest))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("vault entry " + digest + " is missing");
    }

    private static void flipABit(Path file, FileTime modified) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, modified);
    }
}
