package ai.coreason.enclave.overseer.retention;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.ContributionState;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.overseer.vault.Vault;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Destroys what is no longer needed. With the end of a job go its sealing key and each node's update; of an update that was judged
 * the evidence stays, without the sealed bytes, in {@code vault/evidence/<job>/<round>-<attempt>-<node>.json}. All of it can be done
 * again after a crash at any point. Each entry and each step is by itself: one that cannot be destroyed is told once and tried again,
 * and keeps no other from being destroyed, its job's key least of all.
 *
 * <p>Configuration: {@code enclave.keep.updates}, false if left out, keeps updates and keys; {@code enclave.keep.evidence.days}.
 */
@Singleton
@Startup
@DependsOn("OverseerStart")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Retention {
    private static final Logger LOG = System.getLogger(Retention.class.getName());
    /** An upload or a submission that is under way is younger. */
    private static final Duration UNDER_WAY = Duration.ofHours(1);

    private static final Set<String> COPIES = Set.of("configs.data", "variableCacheData");
    private static final Duration MODELS = Duration.ofDays(30);
    private static final Duration SECRETS = Duration.ofDays(1);
    private static final Duration QUOTES = Duration.ofDays(30);

    private final AtomicBoolean busy = new AtomicBoolean();
    private final EachAlone each = new EachAlone();

    @Inject
    private RetentionRecords records;

    @Inject
    private Storage storage;

    @Inject
    private SealingKeys keys;

    @Inject
    @ConfigProperty(name = "enclave.keep.updates", defaultValue = "false")
    private boolean keepUpdates;

    @Inject
    @ConfigProperty(name = "enclave.keep.evidence.days", defaultValue = "183")
    private long evidenceDays;

    /** For the container. */
    public Retention() {}

    /** Outside of a server, where updates and keys are not kept, and evidence is for a day. */
    Retention(RetentionRecords records, Storage storage, SealingKeys keys) {
        this.records = records;
        this.storage = storage;
        this.keys = keys;
        this.evidenceDays = 1;
    }

    /** After each end of a job, within seconds. */
    @Schedule(second = "*/10", minute = "*", hour = "*", persistent = false)
    void afterJobs() {
        dropServersCopies();
        if (!keepUpdates) {
            once(() -> {
                each.step("updates", this::updates);
                each.step("sealing-keys", this::sealingKeys);
            });
        }
    }

    /** What ages. */
    @Schedule(second = "30", minute = "*/10", hour = "*", persistent = false)
    void aged() {
        once(() -> {
            Instant now = Instant.now();
            Instant yesterday = now.minus(Duration.ofDays(1));
            each.step("secrets", () -> records.forget(now.minus(SECRETS), now.minus(QUOTES)));
            each.step("models", () -> models(now));
            each.step("evidence", () -> evidence(now));
            each.step("arrivals-of-updates", () -> storage.updates().dropArrivals(yesterday));
            each.step("arrivals-of-models", () -> storage.models().dropArrivals(yesterday));
        });
    }

    /** Liberty keeps copies of its resolved configuration, passwords among it, below its work area; it makes them at each start. */
    private void dropServersCopies() {
        Path area = storage.path(".").normalize().resolveSibling("out");
        if (!Files.isDirectory(area)) {
            return;
        }
        List<Path> copies;
        try (Stream<Path> files = Files.walk(area)) {
            copies = files.filter(f -> COPIES.contains(f.getFileName().toString()))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.WARNING, "retention.work-area-not-cleared", e);
            return;
        }
        each.of("servers-copies", copies, Files::deleteIfExists);
    }

    private void once(Runnable work) {
        if (busy.compareAndSet(false, true)) {
            try {
                work.run();
            } finally {
                busy.set(false);
            }
        }
    }

    private void updates() {
        Vault vault = storage.updates();
        each.of("update", vault.digests(), digest -> update(vault, digest));
    }

    private void update(Vault vault, String digest) throws IOException {
        Contribution c = records.contribution(digest).orElse(null);
        if (c == null) {
            if (vault.modified(digest).isBefore(Instant.now().minus(UNDER_WAY))) {
                vault.delete(digest);
            }
        } else if (c.state() != ContributionState.UPLOADED && records.over(c.jobId())) {
            keepEvidence(c, vault.read(digest, UpdateEnvelope::read));
            vault.delete(digest);
        }
    }

    private void keepEvidence(Contribution c, UpdateEnvelope envelope) throws IOException {
        Path file = storage.path("vault/evidence")
                .resolve(c.jobId())
                .resolve(c.round() + "-" + c.attempt() + "-" + c.nodeId() + ".json");
        PrivateFile.write(file, Json.write(envelope.json()));
    }

    private void sealingKeys() {
        Set<String> own = keys.jobs();
        each.of("sealing-key", own, job -> {
            if (records.over(job)) {
                keys.destroy(job);
                LOG.log(Level.INFO, "sealing-key.destroyed job=" + job);
            }
        });
        Set<String> open = new HashSet<>(records.open());
        open.removeAll(own);
        if (open.isEmpty()) {
            keys.destroyInherited();
        }
    }

    private void models(Instant now) {
        Vault vault = storage.models();
        each.of("model", vault.digests(), digest -> {
            if (vault.modified(digest).isBefore(now.minus(MODELS)) && !records.modelNeeded(digest)) {
                vault.delete(digest);
            }
        });
    }

    private void evidence(Instant now) throws IOException {
        Path folder = storage.path("vault/evidence");
        if (!Files.isDirectory(folder)) {
            return;
        }
        Instant before = now.minus(Duration.ofDays(evidenceDays));
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        each.of("evidence-file", files, file -> {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                Files.delete(file);
            }
        });
    }
}
