package ai.coreason.enclave.overseer.stop;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.stop.StopOrder.Kind;
import ai.coreason.enclave.sentry.audit.AuditEvent;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * What the audit log is told of orders: jobs and the federation are frozen and thawed, all else is revoked and reinstated.
 *
 * @param subject left out of the record where it is the federation
 * @param stopped whether the order was given, and not lifted
 * @param by the operator
 */
record StopEvent(Kind kind, String subject, boolean stopped, String by) implements AuditEvent {
    @Override
    public String name() {
        boolean freezes = kind == Kind.JOB || kind == Kind.FEDERATION;
        String stop = freezes ? "frozen" : "revoked";
        String go = freezes ? "thawed" : "reinstated";
        return kind.name().toLowerCase(Locale.ROOT) + "." + (stopped ? stop : go);
    }

    @Override
    public ObjectNode details() {
        ObjectNode out = Json.object().put("by", by);
        if (kind != Kind.FEDERATION) {
            out.put("subject", subject);
        }
        return out;
    }
}
