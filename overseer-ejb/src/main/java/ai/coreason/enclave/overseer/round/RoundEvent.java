package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.audit.AuditEvent;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the audit log is told of rounds. */
sealed interface RoundEvent extends AuditEvent {
    /** A node has refused its task. */
    record Declined(ContributionKey key, DeclineReason reason) implements RoundEvent {
        @Override
        public String name() {
            return "task.declined";
        }

        @Override
        public ObjectNode details() {
            return Json.object()
                    .put("job_id", key.jobId())
                    .put("round", key.round())
                    .put("attempt", key.attempt().attempt())
                    .put("node_id", key.nodeId())
                    .put("reason", reason.name());
        }
    }
}
