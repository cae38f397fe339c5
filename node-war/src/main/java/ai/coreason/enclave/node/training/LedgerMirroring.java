package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.overseer.OverseerRefusal;
import ai.coreason.enclave.node.overseer.OverseerUnreachable;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.KeptHead;
import ai.coreason.enclave.privacy.ledger.LedgerFault;
import ai.coreason.enclave.privacy.ledger.LedgerHead;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the Overseer's mirror of a dataset's ledger whole, and finds out by the heads that it countersigns whether this
 * node's ledger was rolled back: a ledger that lacks a mirrored row, or has another in its place, may pay for nothing
 * (docs/adr/0010-recovery-counts-both-branches.md). Not thread-safe.
 */
final class LedgerMirroring {
    private static final System.Logger LOG = System.getLogger(LedgerMirroring.class.getName());
    private static final int ROWS_A_CALL = 64;
    private static final int NONCE_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final RoundBooks books;

    LedgerMirroring(RoundBooks books) {
        this.books = books;
    }

    /**
     * Gets a fresh countersigned head that lies on this ledger, and hands in the rows that the mirror lacks: of attempts
     * that expired, whose update was never taken, or that an Overseer lost with its database.
     *
     * @throws Declined if this ledger is not whole, or is not the one that was mirrored
     */
    void bringUpToDate(Session session, String datasetId)
            throws Declined, OverseerRefusal, OverseerUnreachable, InterruptedException {
        int carried = books.chainCarried(datasetId, session.signer());
        if (carried > 0) {
            LOG.log(System.Logger.Level.WARNING, "ledger.recovered dataset={0} charges={1}", datasetId, carried);
        }
        String nonce = nonce();
        LedgerHead head = taken(session, datasetId, nonce, session.client().ledgerHead(datasetId, nonce));
        DatasetAccount own = account(datasetId);
        if (head.sequence() == own.sequence()) {
            return;
        }
        Optional<KeptHead> kept = books.keptHead(datasetId);
        if (kept.isPresent() && head.sequence() < kept.get().sequence()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "ledger.overseer-behind dataset={0}: the Overseer stands at row {1} and countersigned row {2} before;"
                            + " it was rolled back, and gets rows {3} to {4} again",
                    datasetId,
                    head.sequence(),
                    kept.get().sequence(),
                    head.sequence() + 1,
                    own.sequence());
        }
        handIn(session, datasetId, head);
    }

    private void handIn(Session session, String datasetId, LedgerHead from)
            throws Declined, OverseerRefusal, OverseerUnreachable, InterruptedException {
        List<ChargeRow> rows = books.rows(datasetId);
        for (int next = (int) from.sequence(); next < rows.size(); ) {
            List<ChargeRow> part = rows.subList(next, Math.min(rows.size(), next + ROWS_A_CALL));
            String nonce = nonce();
            JsonNode answer = session.client().ledgerRows(datasetId, nonce, part, books.signers(part));
            LedgerHead head = taken(session, datasetId, nonce, answer);
            if (head.sequence() <= next) {
                throw new Declined(
                        DeclineReason.INTERNAL,
                        "the Overseer took ledger rows up to " + (next + part.size()) + " and countersigned row "
                                + head.sequence());
            }
            next = (int) head.sequence();
        }
    }

    private LedgerHead taken(Session session, String datasetId, String nonce, JsonNode document) throws Declined {
        LedgerHead head = LedgerHead.verified(document, session.trust());
        expect("nonce", nonce, head.nonce());
        expect("node_id", session.nodeId(), head.nodeId());
        expect("dataset_id", datasetId, head.datasetId());
        declineIf(books.countersigned(head, new String(Json.write(document), StandardCharsets.UTF_8)));
        return head;
    }

    private static void expect(String member, String expected, String came) {
        if (!expected.equals(came)) {
            throw InvalidDocument.at("ledger head " + member, expected, came);
        }
    }

    private static void declineIf(Optional<LedgerFault> fault) throws Declined {
        if (fault.isPresent()) {
            LOG.log(System.Logger.Level.ERROR, "ledger.held " + fault.get().sentence());
            throw new Declined(DeclineReason.POLICY, fault.get().sentence());
        }
    }

    private DatasetAccount account(String datasetId) {
        return books.accounts().stream()
                .filter(a -> a.dataset().datasetId().equals(datasetId))
                .findFirst()
                .orElseThrow();
    }

    private static String nonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
