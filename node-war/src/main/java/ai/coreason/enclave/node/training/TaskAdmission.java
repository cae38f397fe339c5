package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.site.OfferedDataset;
import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import ai.coreason.enclave.sentry.contract.RoundTask;
import java.util.Optional;

/** The site's own judgement of a task, before anything is downloaded, read or charged. Thread-safe. */
final class TaskAdmission {
    private record Planned(String jobDigest, Dataset dataset, PlanCheck check) {}

    private final SiteFile site;
    private final OfferedDatasets offered;
    private final RoundBooks books;
    private volatile Planned planned;

    TaskAdmission(SiteFile site, OfferedDatasets offered, RoundBooks books) {
        this.site = site;
        this.offered = offered;
        this.books = books;
    }

    /**
     * The dataset that the task may be trained on.
     *
     * @throws Declined if the owner did not approve the job, this node has no part in it or no such dataset, the plan is
     *     not the one that job and dataset lead to, the model does not fit this node's memory, or the round was begun from
     *     another base model
     */
    OfferedDataset admit(RoundTask task) throws Declined {
        if (!site.policy().approves(task.jobDigest())) {
            throw policy("job_digest: expected a job that the data owner approved, got " + task.jobDigest());
        }
        if (!task.job().clients().contains(site.nodeId())) {
            throw policy("job.clients: expected " + site.nodeId() + " among them, got "
                    + task.job().clients());
        }
        String name = task.job().dataset().name();
        OfferedDataset dataset = offered.named(name)
                .orElseThrow(() -> new Declined(
                        DeclineReason.DATASET,
                        "job.dataset.name: expected a dataset that this node offers, got " + name));
        Optional<String> objection = plan(task, dataset.dataset()).objection(task.plan());
        if (objection.isPresent()) {
            throw policy(objection.get());
        }
        NodeMemory.ofThisJvm().require(task.job().model());
        String base = books.bind(task.key().jobId(), task.key().round(), task.baseDigest());
        if (!base.equals(task.baseDigest())) {
            throw policy("base_digest: expected the round's one base model " + base + ", got " + task.baseDigest());
        }
        return dataset;
    }

    /** Computing a plan may take a second, and a job has many rounds. */
    private PlanCheck plan(RoundTask task, Dataset dataset) {
        Planned last = planned;
        if (last == null
                || !last.jobDigest().equals(task.jobDigest())
                || !last.dataset().equals(dataset)) {
            last = new Planned(task.jobDigest(), dataset, new PlanCheck(task.job(), dataset, site.simulation()));
            planned = last;
        }
        return last.check();
    }

    private static Declined policy(String message) {
        return new Declined(DeclineReason.POLICY, message);
    }
}
