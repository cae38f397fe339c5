package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The digest by which sites approve a job: SHA-256 over the RFC 8785 canonical JSON of {@code {job, job_id, hpke}}, where
 * {@code job} is the document without its id. So an approval holds for one document, one job and one sealing key.
 */
public final class JobDigest {
    private JobDigest() {}

    /**
     * The digest, lower-case hex.
     *
     * @param jobId a UUID in lower case
     */
    public static String of(FederationJob job, String jobId, SealingKey key) {
        ObjectNode document = job.json();
        document.remove("job_id");
        ObjectNode named = Json.object();
        named.set("job", document);
        named.put("job_id", jobId);
        named.set("hpke", key.json());
        return Json.digest(named);
    }
}
