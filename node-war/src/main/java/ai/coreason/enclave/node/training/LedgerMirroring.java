package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.agent.DeclineReason;
import ai.coreason.enclave.node.agent.OverseerClient.LedgerHead;
import ai.coreason.enclave.node.agent.OverseerRefusal;
import ai.coreason.enclave.node.agent.OverseerUnreachable;
import ai.coreason.enclave.node.agent.Session;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Keeps the Overseer's mirror of a dataset's ledger whole, and finds out by it whether this node's ledger was rolled
 * back: a ledger that lacks a mirrored row, or has another in its place, may pay for nothing (ARCHITECTURE, section 4).
 */
final class LedgerMirroring {
    private static final int ROWS_A_CALL = 500;

    private final RoundBooks books;

    LedgerMirroring(RoundBooks books) {
        this.books = books;
    }

    /**
     * Hands in the rows that the mirror lacks: of attempts that expired, or whose update was never taken.
     *
     * @throws Declined if this ledger is not the one that was mirrored
     */
    void bringUpToDate(Session session, String datasetId)
            throws Declined, OverseerRefusal, OverseerUnreachable, InterruptedException {
        DatasetAccount own = books.accounts().stream()
                .filter(a -> a.dataset().datasetId().equals(datasetId))
                .findFirst()
                .orElseThrow();
        LedgerHead mirrored = session.client().ledgerHead(datasetId);
        if (mirrored.equals(new LedgerHead(own.sequence(), own.head()))) {
            return;
        }
        List<ChargeRow> rows = books.rows(datasetId);
        if (mirrored.sequence() > own.sequence()
                || !hash(own, rows, mirrored.sequence()).equals(mirrored.hash())) {
            throw new Declined(
                    DeclineReason.POLICY,
                    "the ledger of " + datasetId + " was rolled back or replaced: the Overseer mirrored row "
                            + mirrored.sequence() + ", hash " + mirrored.hash() + ", which this node's "
                            + own.sequence() + " rows do not lead to");
        }
        List<ObjectNode> missing =
                rows.stream().skip(mirrored.sequence()).map(ChargeRow::json).toList();
        for (int from = 0; from < missing.size(); from += ROWS_A_CALL) {
            int to = Math.min(missing.size(), from + ROWS_A_CALL);
            session.client().ledgerRows(datasetId, missing.subList(from, to));
        }
    }

    private static String hash(DatasetAccount own, List<ChargeRow> rows, long sequence) {
        return sequence == 0
                ? own.dataset().genesis()
                : rows.get((int) sequence - 1).hash();
    }
}
