package ai.coreason.enclave.sentry.audit;

import ai.coreason.enclave.base.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.charset.StandardCharsets;

/** One stored audit record: the JSON as it was hashed, under its sequence. */
@Entity
@Table(name = "audit_entry")
public class AuditEntry {
    @Id
    @Column(name = "entry_sequence")
    private long sequence;

    @Column(nullable = false, length = 80)
    private String event;

    @Column(name = "record_json", nullable = false, length = 8000)
    private String json;

    /** For JPA. */
    protected AuditEntry() {}

    AuditEntry(AuditRecord entry) {
        this.sequence = entry.sequence();
        this.event = entry.event();
        this.json = new String(Json.write(entry.json()), StandardCharsets.UTF_8);
    }

    /** The record as it was stored. */
    public AuditRecord record() {
        return AuditRecord.parse(Json.read(json), "record");
    }
}
