package ai.coreason.enclave.privacy.ledger.audit;

import ai.coreason.enclave.privacy.ledger.ChargeRequest;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a job fixes for all its nodes must be the same in all rows that name the job and its digest, whichever dataset they charge:
 * the limit and the clipping norm. An export has no job's document, so this is as much as it can tell by itself. Used once.
 */
final class JobTerms {
    private record Named(String jobId, String digest) {}

    private record Fixed(double limit, double maxGradNorm) {}

    private final Map<Named, Fixed> first = new HashMap<>();

    /** Where a dataset's rows differ from rows of the same job that were seen before. */
    List<String> faults(ExportVerifier.Entry entry) {
        List<String> faults = new ArrayList<>();
        for (ChargeRow row : entry.rows()) {
            ChargeRequest r = row.request();
            Fixed here = new Fixed(r.jobLimit(), r.maxGradNorm());
            Fixed before = first.putIfAbsent(new Named(r.key().jobId(), r.jobDigest()), here);
            if (before != null && !before.equals(here)) {
                faults.add("TERMS: row " + row.sequence() + " of dataset "
                        + entry.dataset().datasetId() + " of "
                        + entry.nodeId() + ": expected the job's job_limit " + before.limit() + " and max_grad_norm "
                        + before.maxGradNorm() + ", as other rows of it have, got " + here.limit() + " and "
                        + here.maxGradNorm());
            }
        }
        return faults;
    }
}
