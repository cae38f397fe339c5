package ai.coreason.enclave.overseer.trust;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.audit.AuditEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What the audit log is told of what evidence is held against. */
public sealed interface TrustEvent extends AuditEvent {
    /** An operator has set a policy. */
    record PolicyChanged(long version, String by, JsonNode policy) implements TrustEvent {
        @Override
        public String name() {
            return "trust-policy.changed";
        }

        @Override
        public ObjectNode details() {
            ObjectNode out = Json.object().put("version", version).put("by", by).put("sha256", Json.digest(policy));
            out.set("policy", policy);
            return out;
        }
    }

    /**
     * The Overseer has started with other roots than the built-in ones.
     *
     * @param sha256 of each root, as {@link HardwareTrust#anchorDigests}
     */
    record AnchorsReplaced(List<String> sha256) implements TrustEvent {
        /** Copies the list. */
        public AnchorsReplaced {
            sha256 = List.copyOf(sha256);
        }

        @Override
        public String name() {
            return "trust-anchors.replaced";
        }

        @Override
        public ObjectNode details() {
            ObjectNode out = Json.object();
            sha256.forEach(out.putArray("sha256")::add);
            return out;
        }
    }
}
