package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.token.User;
import ai.coreason.enclave.sentry.audit.AuditEvent;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** What the audit log is told of jobs and of the nodes that leave them. */
public sealed interface JobEvent extends AuditEvent {
    /** A job was taken in. */
    record Submitted(String jobId, JobDigests digests, User submitter) implements JobEvent {
        @Override
        public String name() {
            return "job.submitted";
        }

        @Override
        public ObjectNode details() {
            return Json.object()
                    .put("job_id", jobId)
                    .put("job_digest", digests.job())
                    .put("graph_digest", digests.graph())
                    .put("submitter", submitter.subject())
                    .put("submitter_name", submitter.display());
        }
    }

    /** A job has its initial model and begins. */
    record Admitted(String jobId, String jobDigest, String graphDigest, String modelDigest, String submitter)
            implements JobEvent {
        @Override
        public String name() {
            return "job.admitted";
        }

        @Override
        public ObjectNode details() {
            return Json.object()
                    .put("job_id", jobId)
                    .put("job_digest", jobDigest)
                    .put("graph_digest", graphDigest)
                    .put("model_digest", modelDigest)
                    .put("submitter", submitter);
        }
    }

    /** A user has ended a job. */
    record Cancelled(String jobId, User by) implements JobEvent {
        @Override
        public String name() {
            return "job.cancelled";
        }

        @Override
        public ObjectNode details() {
            return Json.object().put("job_id", jobId).put("by", by.subject()).put("by_name", by.display());
        }
    }

    /** A job has all that was asked for, or stopped early as it said. */
    record Completed(String jobId, String modelDigest) implements JobEvent {
        @Override
        public String name() {
            return "job.completed";
        }

        @Override
        public ObjectNode details() {
            return Json.object().put("job_id", jobId).put("model_digest", modelDigest);
        }
    }

    /**
     * A job has ended without what was asked for: halted for its budget, or failed.
     *
     * @param modelDigest its last whole model, where that is told
     */
    record Ended(String jobId, JobState as, String why, Optional<String> modelDigest) implements JobEvent {
        /** A job that failed. */
        public static Ended failed(String jobId, String why) {
            return new Ended(jobId, JobState.FAILED, why, Optional.empty());
        }

        @Override
        public String name() {
            return as == JobState.HALTED_BUDGET ? "job.halted" : "job.failed";
        }

        @Override
        public ObjectNode details() {
            ObjectNode out = Json.object().put("job_id", jobId).put("reason", why);
            modelDigest.ifPresent(digest -> out.put("model_digest", digest));
            return out;
        }
    }

    /** A node takes part in a job no more. */
    record NodeLeft(String jobId, String nodeId, String why) implements JobEvent {
        @Override
        public String name() {
            return "node.left";
        }

        @Override
        public ObjectNode details() {
            return Json.object().put("job_id", jobId).put("node_id", nodeId).put("reason", why);
        }
    }
}
