package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.database.Entities;
import ai.coreason.enclave.base.database.Tables;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.privacy.ledger.Charge;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.LedgerTables;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import ai.coreason.enclave.privacy.ledger.SignerCertificate;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerDeskTest {
    @TempDir
    private Path folder;

    private final List<String> events = new ArrayList<>();
    private final AuditLog audit = new AuditLog() {
        @Override
        public void append(String event, ObjectNode details) {
            events.add(event + " " + new String(Json.write(details), StandardCharsets.UTF_8));
        }
    };

    @Test
    void mirror_rowThatIsKnown_isToldToTheAuditLogOnceForEachState() {
        EmbeddedDataSource source = Entities.inMemory();
        LedgerTables.SHARED.upgrade(source);
        new Tables("overseer", "job").upgrade(source);
        try (SampleLedger ledger = new SampleLedger(folder);
                EntityManagerFactory factory = Entities.in(
                        source,
                        List.of(
                                DatasetAccount.class,
                                Charge.class,
                                SignerCertificate.class,
                                Job.class,
                                Participation.class));
                EntityManager em = factory.createEntityManager()) {
            em.getTransaction().begin();
            LedgerMirror mirror = new LedgerMirror(em);
            mirror.register("node_va", SampleLedger.HEART);
            ledger.signers().values().forEach(c -> mirror.know("node_va", c));
            LedgerDesk desk = new LedgerDesk(mirror, new KnownTerms(em, mirror), audit);
            ChargeRow row = ledger.rows().get(0);

            for (ChargeState state : List.of(ChargeState.RESERVED, ChargeState.COMMITTED, ChargeState.EXPIRED)) {
                ChargeRow in = ChargeRow.parse(row.json().put("state", state.name()), "row");
                assertThat(desk.mirror("node_va", "heart", Collections.nCopies(20, in), List.of()))
                        .isEmpty();
            }

            assertThat(events).hasSize(2);
            assertThat(events.get(0)).startsWith("charge.mirrored ").contains("RESERVED");
            assertThat(events.get(1)).startsWith("charge.mirrored ").contains("COMMITTED");
            em.getTransaction().rollback();
        }
    }
}
