package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.privacy.ledger.LedgerFault;
import org.junit.jupiter.api.Test;

/** What a task does where the node's ledger and what the Overseer mirrors of it differ. */
class TaskLedgerTest extends TaskBench {
    @Test
    void take_ledgerBehindItsMirror_declinesAndPaysNothing() throws Exception {
        federation.ledgerHead.put("sequence", 4).put("hash", "99".repeat(32));

        take(task(1));

        assertDeclined(
                "POLICY: the ledger of heart is held, ROLLED_BACK: the Overseer countersigned row 4, the last row"
                        + " here is 0; ");
        assertThat(database.faults()).extracting(LedgerFault::kind).containsExactly(LedgerFault.Kind.ROLLED_BACK);
    }

    @Test
    void take_ledgerForkedFromItsMirror_declines() throws Exception {
        take(task(1));
        federation.ledgerHead.put("sequence", 1).put("hash", "99".repeat(32));

        take(task(2));

        assertThat(federation.declines)
                .singleElement()
                .asString()
                .startsWith("POLICY: the ledger of heart is held, FORKED: ");
        assertThat(books.rows("heart")).hasSize(1);
    }

    @Test
    void take_restoredDatabase_declinesUntilItIsRecovered() throws Exception {
        take(task(1));
        mirrored();
        database.sql("delete from ledger_charge");
        database.sql("delete from countersigned_head");
        database.sql("update dataset_account set last_sequence = 0, filter_spent = 0, head_hash = '"
                + books.accounts().get(0).dataset().genesis() + "'");
        books = database.restarted(federation.trust());

        take(task(2));

        assertThat(federation.declines)
                .singleElement()
                .asString()
                .startsWith("POLICY: the ledger of heart is held, ROLLED_BACK: ")
                .contains("enclave ledger recover");
        assertThat(books.rows("heart")).isEmpty();
        assertThat(federation.uploads).hasSize(1);
    }

    @Test
    void take_overseerSetBack_getsTheRowsAgainAndGoesOn() throws Exception {
        take(task(1));
        mirrored();
        take(task(2));
        mirrored();
        take(task(3));
        federation
                .ledgerHead
                .put("sequence", 1)
                .put("hash", books.rows("heart").get(0).hash());

        take(task(4));

        assertThat(federation.declines).isEmpty();
        assertThat(federation.uploads).hasSize(4);
        assertThat(federation.rows)
                .extracting(row -> row.path("sequence").asLong())
                .containsExactly(2L, 3L);
    }

    @Test
    void take_overseerThatTakesFewRowsACall_getsTheRestInFurtherCalls() throws Exception {
        for (int round = 1; round <= 4; round++) {
            take(task(round));
            mirrored();
        }
        federation
                .ledgerHead
                .put("sequence", 1)
                .put("hash", books.rows("heart").get(0).hash());
        federation.rowsACall = 2;

        take(task(5));

        assertThat(federation.declines).isEmpty();
        assertThat(federation.uploads).hasSize(5);
        assertThat(federation.rows)
                .extracting(row -> row.path("sequence").asLong())
                .containsExactly(2L, 3L, 4L, 4L);
    }

    @Test
    void take_overseerThatTakesNoRows_declinesAndPaysNothing() throws Exception {
        federation.uploadStatus = 409;
        take(task(1));
        federation.takesRows = false;

        take(task(2));

        assertThat(federation.declines)
                .singleElement()
                .asString()
                .startsWith("INTERNAL: the Overseer took ledger rows");
        assertThat(books.rows("heart")).hasSize(1);
    }

    @Test
    void take_rowChangedByHand_declinesAndPaysNothing() throws Exception {
        take(task(1));
        mirrored();
        String cheaper = books.rows("heart").get(0).json().put("steps", 1).toString();
        database.sql("update ledger_charge set row_json = ?1", cheaper);
        books = database.restarted(federation.trust());

        take(task(2));

        assertThat(federation.declines)
                .singleElement()
                .asString()
                .startsWith("POLICY: the ledger of heart is held, ROW_CHANGED: row 1 has the hash ");
        assertThat(federation.uploads).hasSize(1);
    }
}
