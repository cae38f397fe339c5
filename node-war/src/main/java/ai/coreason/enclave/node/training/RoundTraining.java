package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.node.evidence.EvidenceSource;
import ai.coreason.enclave.node.overseer.OverseerRefusal;
import ai.coreason.enclave.node.overseer.OverseerUnreachable;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.node.site.OfferedDataset;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.privacy.dpsgd.DpSgdTrainer;
import ai.coreason.enclave.privacy.dpsgd.Examples;
import ai.coreason.enclave.privacy.dpsgd.Trained;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.ledger.BudgetDecision;
import ai.coreason.enclave.privacy.ledger.ChargeRequest;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.airlock.Airlock;
import ai.coreason.enclave.sentry.airlock.Airlock.Cargo;
import ai.coreason.enclave.sentry.airlock.Airlock.Limits;
import ai.coreason.enclave.sentry.airlock.Passage;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;

/**
 * One attempt from the site's judgement to the sealed update in the outbox. All that can fail without touching records
 * comes before the charge; the charge comes right before the first sample; from then on the attempt ends with the sealed
 * bytes or with a charge that has expired. Not thread-safe.
 */
public final class RoundTraining implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RoundTraining.class.getName());

    private final SiteFile site;
    private final SiteRecords own;
    private final RoundBooks books;
    private final TaskAdmission admission;
    private final LedgerMirroring mirroring;
    private final LocalExamples examples;
    private final Trainers trainers = new Trainers();
    private final UpdateSeal seal;
    private final String manifestSha256;

    /**
     * @param own the records that the site offers
     * @param evidence what vouches for each update
     * @param manifestSha256 the digest of the installed code, which the ledger names as what trained
     */
    public RoundTraining(
            SiteFile site, SiteRecords own, RoundBooks books, EvidenceSource evidence, String manifestSha256) {
        this.site = site;
        this.own = own;
        this.books = books;
        this.admission = new TaskAdmission(site, own.offered(), books);
        this.mirroring = new LedgerMirroring(books);
        this.examples = new LocalExamples(own.standings(), own.fingerprints(), site.simulation());
        this.seal = new UpdateSeal(evidence, manifestSha256);
        this.manifestSha256 = manifestSha256;
    }

    /** What seals updates and vouches for them. */
    UpdateSeal seal() {
        return seal;
    }

    /**
     * Trains one attempt and leaves its sealed update in the outbox.
     *
     * @throws Declined if the attempt ends without an update
     */
    void train(Session session, RoundTask task, AttemptKey key)
            throws Declined, OverseerRefusal, OverseerUnreachable, InterruptedException, IOException {
        OfferedDataset dataset = admission.admit(task);
        Weights base = base(session, task);
        Examples records = examples.of(task.job(), dataset);
        DpSgdTrainer trainer = trainers.of(task.job().model());
        mirroring.bringUpToDate(session, dataset.dataset().datasetId());
        reserve(session, task, key, dataset);
        boolean sealed = false;
        try {
            long begun = System.nanoTime();
            Trained trained =
                    trainer.trainAndMeasure(base, records, task.plan(), keys(task), (step, drawn, nonFinite) -> goOn());
            long millis = (System.nanoTime() - begun) / 1_000_000;
            byte[] update = update(task.job().model(), trained.weights().minus(base));
            OptionalLong shown = site.simulation() ? OptionalLong.of(millis) : OptionalLong.empty();
            books.commit(
                    dataset.dataset().datasetId(),
                    key,
                    row -> seal.seal(
                            UpdateStatement.of(task, site.nodeId(), row.json(), trained.metrics(), shown),
                            task.hpke(),
                            update));
            sealed = true;
            LOG.log(
                    System.Logger.Level.INFO,
                    "update.sealed {0} steps={1}",
                    key,
                    "" + task.plan().steps());
        } finally {
            if (!sealed) {
                books.expire(dataset.dataset().datasetId(), key);
                LOG.log(System.Logger.Level.WARNING, "charge.expired {0}", key);
            }
        }
    }

    /**
     * Compares every offered dataset's ledger with what the Overseer countersigned. What is found stands in the log and in
     * the readiness check; each reservation compares anew.
     */
    public void compareLedgers(Session session) throws InterruptedException {
        for (OfferedDataset dataset : own.offered().all()) {
            String id = dataset.dataset().datasetId();
            try {
                mirroring.bringUpToDate(session, id);
            } catch (Declined e) {
                LOG.log(System.Logger.Level.DEBUG, "ledger.compared dataset={0}: {1}", id, e.getMessage());
            } catch (OverseerRefusal | OverseerUnreachable | InvalidDocument e) {
                LOG.log(System.Logger.Level.WARNING, "ledger.not-compared dataset={0}: {1}", id, e.getMessage());
            }
        }
    }

    private Weights base(Session session, RoundTask task)
            throws Declined, OverseerRefusal, OverseerUnreachable, InterruptedException {
        byte[] file = session.client()
                .model(
                        task.key(),
                        task.baseDigest(),
                        NodeMemory.largestFile(task.job().model()));
        Safetensors tensors = Safetensors.read(file);
        Limits limits = new Limits(tensors.metadata(), OptionalDouble.empty());
        return admitted(Airlock.check(task.job().model(), tensors, Cargo.MODEL, limits), "the base model");
    }

    private static byte[] update(ModelGraph graph, Weights difference) throws Declined {
        byte[] file = Airlock.write(graph, difference, Map.of());
        Limits limits = new Limits(Map.of(), OptionalDouble.empty());
        admitted(Airlock.check(graph, Safetensors.read(file), Cargo.UPDATE, limits), "the update");
        return file;
    }

    private static Weights admitted(Passage passage, String what) throws Declined {
        if (passage instanceof Passage.Admitted admitted) {
            return admitted.weights();
        }
        String why = ((Passage.Refused) passage).summary();
        throw new Declined(DeclineReason.INTERNAL, what + " does not pass the airlock: " + why);
    }

    private void reserve(Session session, RoundTask task, AttemptKey key, OfferedDataset dataset) throws Declined {
        TrainingPlan plan = task.plan();
        FederationJob job = task.job();
        ChargeRequest request = new ChargeRequest(
                dataset.dataset().datasetId(),
                key,
                task.jobDigest(),
                site.nodeId(),
                plan.phase(),
                plan.maxGradNorm(),
                plan.normaliser(),
                job.privacy().targetEpsilon(),
                job.privacy().targetDelta().orElse(dataset.dataset().delta()),
                task.baseDigest(),
                manifestSha256);
        BudgetDecision decision = books.reserve(request, session.signer());
        if (decision instanceof BudgetDecision.Held held) {
            LOG.log(System.Logger.Level.ERROR, "ledger.held " + held.fault().sentence());
            throw new Declined(DeclineReason.POLICY, held.fault().sentence());
        }
        if (decision instanceof BudgetDecision.Pinned pinned) {
            throw new Declined(DeclineReason.POLICY, "the round is not the job's: " + pinned.what());
        }
        if (decision instanceof BudgetDecision.Refused refused) {
            throw new Declined(DeclineReason.BUDGET, refused.sentence());
        }
        if (decision instanceof BudgetDecision.AlreadyCharged before) {
            throw new Declined(
                    DeclineReason.INTERNAL,
                    "this attempt was charged before, is " + before.row().state() + " and left no update");
        }
    }

    /** A seeded run is repeatable whatever is killed: an attempt that is made again draws as the first did. */
    private NoiseKeys keys(RoundTask task) {
        OptionalLong seed = task.job().seed();
        return site.simulation() && seed.isPresent()
                ? NoiseKeys.seeded(
                        seed.getAsLong(),
                        AttemptKey.first(task.key().jobId(), task.key().round()),
                        site.nodeId())
                : NoiseKeys.fresh();
    }

    /** Ends a training on a node that is being stopped. */
    private static void goOn() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the node is being stopped");
        }
    }

    @Override
    public void close() {
        trainers.close();
    }
}
