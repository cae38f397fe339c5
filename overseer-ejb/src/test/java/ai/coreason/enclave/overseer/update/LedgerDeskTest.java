package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.RowsCheck;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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

    private interface Call {
        void with(LedgerDesk desk, LedgerMirror mirror, List<ChargeRow> rows);
    }

    private void registered(Call test) {
        try (SampleLedger ledger = new SampleLedger(folder);
                OverseerDatabase database = new OverseerDatabase();
                EntityManager em = database.entityManager()) {
            em.getTransaction().begin();
            LedgerMirror mirror = new LedgerMirror(em) {
                @Override
                public void flush() {
                    events.add("written");
                    super.flush();
                }

                @Override
                public Optional<RowsCheck> check(String nodeId, String datasetId, List<ChargeRow> rows) {
                    events.add("checked " + rows.size());
                    return super.check(nodeId, datasetId, rows);
                }
            };
            mirror.register("node_va", SampleLedger.HEART);
            ledger.signers().values().forEach(c -> mirror.know("node_va", c));
            test.with(new LedgerDesk(mirror, new KnownTerms(em, mirror), audit), mirror, ledger.rows());
            em.getTransaction().rollback();
        }
    }

    @Test
    void mirror_rowsOfOneCall_areCheckedTogetherAndWrittenBeforeTheAuditLogIsTold() {
        registered((desk, mirror, rows) -> {
            assertThat(desk.mirror("node_va", "heart", rows, List.of())).isEmpty();

            assertThat(events.subList(0, 2)).containsExactly("checked 4", "written");
            assertThat(events.subList(2, events.size()))
                    .hasSize(4)
                    .allSatisfy(e -> assertThat(e).startsWith("charge.mirrored "));
        });
    }

    @Test
    void mirror_oneRowThatDoesNotFit_mirrorsAndTellsNothing() {
        registered((desk, mirror, rows) -> {
            assertThat(desk.mirror("node_va", "heart", List.of(rows.get(0), rows.get(2)), List.of()))
                    .hasValue("expected ledger sequence 2, got 3");

            assertThat(mirror.account("node_va", "heart").orElseThrow().sequence())
                    .isZero();
            assertThat(events).containsExactly("checked 2");
        });
    }

    @Test
    void mirror_moreRowsThanACallMayHave_takesTheFirst() {
        registered((desk, mirror, rows) -> {
            List<ChargeRow> many = new ArrayList<>(Collections.nCopies(LedgerDesk.MOST_ROWS, rows.get(0)));
            many.add(rows.get(1));

            assertThat(desk.mirror("node_va", "heart", many, List.of())).isEmpty();

            assertThat(events.get(0)).isEqualTo("checked " + LedgerDesk.MOST_ROWS);
            assertThat(mirror.account("node_va", "heart").orElseThrow().sequence())
                    .isEqualTo(1);
        });
    }

    @Test
    void mirror_stateThatARowCannotTake_isNotToldAgainAndAgain() {
        registered((desk, mirror, rows) -> {
            desk.mirror("node_va", "heart", rows.subList(0, 1), List.of());
            ObjectNode forged = rows.get(0).json().put("state", ChargeState.UNPROTECTED.name());
            events.clear();

            assertThat(desk.mirror("node_va", "heart", List.of(ChargeRow.parse(forged, "row")), List.of()))
                    .isEmpty();

            assertThat(events).containsExactly("checked 1", "written");
        });
    }

    @Test
    void mirror_rowThatIsKnown_isToldToTheAuditLogOnceForEachState() {
        registered((desk, mirror, rows) -> {
            ChargeRow row = rows.get(0);
            for (ChargeState state : List.of(ChargeState.RESERVED, ChargeState.COMMITTED, ChargeState.EXPIRED)) {
                ChargeRow in = ChargeRow.parse(row.json().put("state", state.name()), "row");
                assertThat(desk.mirror("node_va", "heart", Collections.nCopies(20, in), List.of()))
                        .isEmpty();
            }

            List<String> told =
                    events.stream().filter(e -> e.startsWith("charge.")).toList();
            assertThat(told).hasSize(2);
            assertThat(told.get(0)).startsWith("charge.mirrored ").contains("RESERVED");
            assertThat(told.get(1)).startsWith("charge.mirrored ").contains("COMMITTED");
        });
    }
}
