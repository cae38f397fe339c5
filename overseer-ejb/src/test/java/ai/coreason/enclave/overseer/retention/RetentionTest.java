package ai.coreason.enclave.overseer.retention;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.round.RoundsUnderWay;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.overseer.vault.StartSecret;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.update.SealedUpdate;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two jobs that were cancelled, each with an update in the vault and a sealing key. */
class RetentionTest {
    private static final String FIRST = "6f1d2a34-0000-4000-8000-000000000001";
    private static final String SECOND = "6f1d2a34-0000-4000-8000-000000000002";
    private static final String OPEN = "6f1d2a34-0000-4000-8000-000000000003";

    private static ObjectNode row;

    @TempDir
    private Path folder;

    private Storage storage;
    private SealingKeys keys;
    private OverseerDatabase database;
    private EntityManager em;
    private RoundsUnderWay rounds;
    private Retention retention;

    @BeforeAll
    static void charge(@TempDir Path ledgers) {
        try (SampleLedger ledger = new SampleLedger(ledgers)) {
            row = ledger.rows().get(0).json();
        }
    }

    @BeforeEach
    void open() {
        database = new OverseerDatabase();
        em = database.entityManager();
        em.getTransaction().begin();
        rounds = new RoundsUnderWay(em);
        storage = new Storage(folder.resolve("state").toString());
        keys = new SealingKeys(storage, StartSecret.of("a secret that nobody else would guess"));
        retention = new Retention(new RetentionRecords(em), storage, keys);
    }

    @AfterEach
    void close() {
        em.getTransaction().rollback();
        em.close();
        database.close();
    }

    /** A job with an update that was judged; where it lies. */
    private Path judged(String job, String state) {
        keys.create(job);
        ContributionKey key = rounds.add(job, "a");
        UpdateStatement statement = new UpdateStatement(
                key, "a".repeat(64), new byte[32], "b".repeat(64), "c".repeat(64), row, Map.of(), OptionalLong.empty());
        SealedUpdate update = SealedUpdate.of(statement, new byte[48]);
        Evidence evidence = new Evidence(HardwareType.SIMULATED, new byte[] {1}, Json.object());
        String digest =
                storage.updates().store(UpdateEnvelope.upload(update, evidence)).digest();
        rounds.upload(key, update.digest(), digest);
        em.createNativeQuery("update contribution set contribution_state = 'ADMITTED' where job_id = ?")
                .setParameter(1, job)
                .executeUpdate();
        em.createNativeQuery("update job set job_state = ? where job_id = ?")
                .setParameter(1, state)
                .setParameter(2, job)
                .executeUpdate();
        em.clear();
        return folder.resolve("state/vault/updates").resolve(digest);
    }

    private Path evidence(String job) {
        return folder.resolve("state/vault/evidence").resolve(job).resolve("1-1-a.json");
    }

    @Test
    void afterJobs_allWell_destroysUpdatesAndKeysOfWhatHasEndedAlone() {
        Path first = judged(FIRST, "CANCELLED");
        Path open = judged(OPEN, "RUNNING");

        retention.afterJobs();

        assertThat(first).doesNotExist();
        assertThat(evidence(FIRST)).exists();
        assertThat(open).exists();
        assertThat(keys.jobs()).containsExactly(OPEN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterJobs_damagedUpdate_keepsNeitherTheOtherNorAnyKey(boolean earlier) throws IOException {
        List<Path> updates = Stream.of(judged(FIRST, "CANCELLED"), judged(SECOND, "CANCELLED"))
                .sorted()
                .toList();
        Path damaged = updates.get(earlier ? 0 : 1);
        byte[] whole = Files.readAllBytes(damaged);
        Files.write(damaged, new byte[] {1, 2, 3});

        retention.afterJobs();

        assertThat(damaged).exists();
        assertThat(updates.get(earlier ? 1 : 0)).doesNotExist();
        assertThat(keys.jobs()).isEmpty();
        Files.write(damaged, whole);
        retention.afterJobs();
        assertThat(damaged).as("tried again").doesNotExist();
    }

    @Test
    void afterJobs_folderOfUpdatesCannotBeRead_destroysKeysAllTheSame() throws IOException {
        Path first = judged(FIRST, "CANCELLED");
        Files.delete(first);
        Files.delete(first.getParent());
        Files.write(first.getParent(), new byte[] {1});

        retention.afterJobs();

        assertThat(keys.jobs()).isEmpty();
    }
}
