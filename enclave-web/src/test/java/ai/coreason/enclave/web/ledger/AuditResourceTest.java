package ai.coreason.enclave.web.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.audit.AuditRecord;
import ai.coreason.enclave.web.rest.Rest;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Rest.class)
class AuditResourceTest {
    private final List<String> asked = new ArrayList<>();
    private List<AuditRecord> records = List.of();

    private final AuditResource resource = new AuditResource(new AuditLog() {
        @Override
        public List<AuditRecord> after(long sequence, int limit) {
            asked.add(sequence + " " + limit);
            return records;
        }
    });

    private static AuditRecord record(long sequence, String hash) {
        return new AuditRecord(
                sequence, Instant.EPOCH, "job.admitted", Json.object().put("job_id", "j"), AuditRecord.GENESIS, hash);
    }

    @Test
    void export_records_endWithTheirHead() {
        records = List.of(record(8, "first"), record(9, "second"));

        JsonNode answer = (JsonNode) resource.export("7", "2").getEntity();

        assertThat(answer.get("head").asText()).isEqualTo("second");
        assertThat(answer.get("records")).hasSize(2);
        assertThat(answer.at("/records/0/sequence").asLong()).isEqualTo(8);
        assertThat(asked).containsExactly("7 2");
    }

    @Test
    void export_nothingBehind_hasNoHead() {
        assertThat(resource.export("0", "100000").getEntity()).hasToString("{\"records\":[],\"head\":\"\"}");
    }

    @Test
    void export_pageThatIsNone_isRefusedByName() {
        for (String count : List.of("0", "100001", "x")) {
            assertThatThrownBy(() -> resource.export("0", count))
                    .isInstanceOfSatisfying(
                            InvalidDocument.class, e -> assertThat(e.field()).isEqualTo("count"));
        }
        assertThatThrownBy(() -> resource.export("-1", "1"))
                .isInstanceOfSatisfying(
                        InvalidDocument.class, e -> assertThat(e.field()).isEqualTo("after"));
        assertThat(asked).isEmpty();
    }
}
