package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.audit.AuditEvent;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the audit log is told of rounds. */
sealed interface RoundEvent extends AuditEvent {
    private static ObjectNode of(AttemptKey key) {
        return Json.object()
                .put("job_id", key.jobId())
                .put("round", key.round())
                .put("attempt", key.attempt());
    }

    /** A node has refused its task. */
    record Declined(ContributionKey key, DeclineReason reason) implements RoundEvent {
        @Override
        public String name() {
            return "task.declined";
        }

        @Override
        public ObjectNode details() {
            return of(key.attempt()).put("node_id", key.nodeId()).put("reason", reason.name());
        }
    }

    /**
     * A round has its model.
     *
     * @param updates how many it was made from
     */
    record Closed(AttemptKey key, String baseDigest, String modelDigest, int updates) implements RoundEvent {
        @Override
        public String name() {
            return "round.closed";
        }

        @Override
        public ObjectNode details() {
            return of(key).put("base_digest", baseDigest)
                    .put("model_digest", modelDigest)
                    .put("updates", updates);
        }
    }

    /** Too few updates of an attempt came in time. */
    record Abandoned(AttemptKey key, int updates, int minClients) implements RoundEvent {
        @Override
        public String name() {
            return "round.abandoned";
        }

        @Override
        public ObjectNode details() {
            return of(key).put("updates", updates).put("min_clients", minClients);
        }
    }

    /** The updates of an attempt give no model. */
    record Spoilt(AttemptKey key, String why) implements RoundEvent {
        @Override
        public String name() {
            return "round.abandoned";
        }

        @Override
        public ObjectNode details() {
            return of(key).put("reason", why);
        }
    }
}
