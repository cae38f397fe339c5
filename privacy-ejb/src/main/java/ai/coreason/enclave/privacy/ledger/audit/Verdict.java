package ai.coreason.enclave.privacy.ledger.audit;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a verifier found in an export.
 *
 * @param authority the fingerprint of the authority that vouches for all certificates
 * @param pinned whether the auditor named that authority, or the export alone did
 * @param faults what is wrong with the export as a whole
 */
public record Verdict(String authority, boolean pinned, List<OfDataset> datasets, List<String> faults) {
    /** Copies the lists. */
    public Verdict {
        datasets = List.copyOf(datasets);
        faults = List.copyOf(faults);
    }

    /**
     * One node's dataset.
     *
     * @param epsilon recomputed, at the dataset's δ; empty where something was released without noise
     * @param notes what an auditor should know and is no fault
     */
    public record OfDataset(
            String nodeId,
            String datasetId,
            String dataOwner,
            long rows,
            OptionalDouble epsilon,
            double delta,
            double ceiling,
            List<OfJob> jobs,
            List<String> faults,
            List<String> notes) {
        /** Copies the lists. */
        public OfDataset {
            jobs = List.copyOf(jobs);
            faults = List.copyOf(faults);
            notes = List.copyOf(notes);
        }
    }

    /** One job on a dataset; the figure is recomputed, at the job's δ. */
    public record OfJob(String jobId, OptionalDouble epsilon, double delta, double limit) {}

    /** Whether nothing is wrong. */
    public boolean holds() {
        return faults.isEmpty() && datasets.stream().allMatch(d -> d.faults().isEmpty());
    }

    /** The verdict for machines. */
    public ObjectNode json() {
        ObjectNode o = Json.object()
                .put("verdict", holds() ? "VALID" : "INVALID")
                .put("authority_sha256", authority)
                .put("authority_pinned", pinned);
        faults.forEach(o.putArray("faults")::add);
        ArrayNode list = o.putArray("datasets");
        for (OfDataset d : datasets) {
            ObjectNode out = list.addObject()
                    .put("node_id", d.nodeId())
                    .put("dataset_id", d.datasetId())
                    .put("data_owner", d.dataOwner())
                    .put("verdict", d.faults().isEmpty() ? "VALID" : "INVALID")
                    .put("rows", d.rows());
            put(out, d.epsilon());
            out.put("delta", d.delta()).put("ceiling", d.ceiling());
            ArrayNode jobs = out.putArray("jobs");
            for (OfJob j : d.jobs()) {
                ObjectNode job = jobs.addObject().put("job_id", j.jobId());
                put(job, j.epsilon());
                job.put("delta", j.delta()).put("limit", j.limit());
            }
            d.faults().forEach(out.putArray("faults")::add);
            d.notes().forEach(out.putArray("notes")::add);
        }
        return o;
    }

    private static void put(ObjectNode o, OptionalDouble epsilon) {
        if (epsilon.isPresent()) {
            o.put("epsilon", epsilon.getAsDouble());
        } else {
            o.putNull("epsilon");
        }
    }
}
