package ai.coreason.enclave.sentry.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One thing that the audit log is told. Each kind is a record that says what it needs to know, and has its name once. */
public interface AuditEvent {
    /** Its name, such as {@code job.admitted}. */
    String name();

    /** Identifiers, digests and counts; never a record, a weight, a key or a token. */
    ObjectNode details();
}
