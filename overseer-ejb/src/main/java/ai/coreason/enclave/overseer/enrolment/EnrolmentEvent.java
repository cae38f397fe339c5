package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.audit.AuditEvent;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** What the audit log is told of nodes that come, and of their tokens. */
sealed interface EnrolmentEvent extends AuditEvent {
    /**
     * A node has enrolled.
     *
     * @param measurement lower-case hex
     * @param serial its certificate's, lower-case hex
     */
    record Enrolled(EnrolmentRequest request, long epoch, String measurement, String serial) implements EnrolmentEvent {
        @Override
        public String name() {
            return "node.enrolled";
        }

        @Override
        public ObjectNode details() {
            return Json.object()
                    .put("node_id", request.nodeId())
                    .put("epoch", epoch)
                    .put("hardware_type", request.evidence().hardwareType().name())
                    .put("measurement", measurement)
                    .put("certificate_serial", serial)
                    .put("insecure", request.insecure());
        }
    }

    /** A node's evidence does not hold. */
    record Refused(String nodeId, String why) implements EnrolmentEvent {
        private static final int REASONS_LENGTH = 2000;

        @Override
        public String name() {
            return "node.refused";
        }

        @Override
        public ObjectNode details() {
            return Json.object()
                    .put("node_id", nodeId)
                    .put("reasons", why.substring(0, Math.min(why.length(), REASONS_LENGTH)));
        }
    }

    /** A node may not register what it wants to. */
    record RegistrationRefused(String nodeId, String why) implements EnrolmentEvent {
        @Override
        public String name() {
            return "registration.refused";
        }

        @Override
        public ObjectNode details() {
            return Json.object().put("node_id", nodeId).put("reason", why);
        }
    }

    /** An operator has issued a token. */
    record TokenIssued(String nodeId, String by, Optional<List<DatasetGrant>> allowed) implements EnrolmentEvent {
        @Override
        public String name() {
            return "token.issued";
        }

        @Override
        public ObjectNode details() {
            ObjectNode out = Json.object().put("node_id", nodeId).put("by", by);
            allowed.ifPresent(grants -> out.set("datasets", DatasetGrant.json(grants)));
            return out;
        }
    }

    /** An operator has made a token useless. */
    record TokenWithdrawn(String tokenId, String nodeId, String by) implements EnrolmentEvent {
        @Override
        public String name() {
            return "token.withdrawn";
        }

        @Override
        public ObjectNode details() {
            return Json.object().put("token_id", tokenId).put("node_id", nodeId).put("by", by);
        }
    }
}
