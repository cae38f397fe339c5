package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.overseer.enrolment.LedgerKey;
import ai.coreason.enclave.overseer.load.Busy;
import ai.coreason.enclave.overseer.load.Turns;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.CheckedRows;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.privacy.ledger.LedgerHead;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.RowSignature;
import ai.coreason.enclave.privacy.ledger.RowsCheck;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Takes ledger rows that came without an update: of attempts that expired, and of a mirror that is behind. */
@Stateless
public class LedgerDesk {
    /** The most rows that are taken of one call: their figures cost time. */
    public static final int MOST_ROWS = 64;

    private static final int TRIES = 3;

    @Inject
    private LedgerMirror mirror;

    @Inject
    private LedgerSettlement settlement;

    @Inject
    private KnownTerms terms;

    @Inject
    private LedgerKey key;

    @Inject
    private Turns turns;

    /** For the container. */
    public LedgerDesk() {}

    /** A desk outside of a server, for rows without certificates. */
    LedgerDesk(LedgerMirror mirror, KnownTerms terms, AuditLog audit) {
        this.mirror = mirror;
        this.terms = terms;
        this.settlement = new LedgerSettlement(mirror, audit);
        this.turns = new Turns();
    }

    /** What is mirrored of a node's dataset. */
    public Optional<DatasetAccount> account(String nodeId, String datasetId) {
        return mirror.account(nodeId, datasetId);
    }

    /** Remembers the certificate that a node calls with, as one that may sign its rows. */
    public void know(String nodeId, X509Certificate certificate) {
        mirror.know(nodeId, certificate);
    }

    /** The head of a mirrored ledger, countersigned; empty if the node has not registered the dataset. */
    public Optional<ObjectNode> countersigned(String nodeId, String datasetId, String nonce) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return mirror.account(nodeId, datasetId)
                .map(a -> new LedgerHead(nodeId, datasetId, a.sequence(), a.head(), nonce, now).signed(key.seal()));
    }

    /**
     * Mirrors the first {@link #MOST_ROWS} of rows, all of these or none; the head tells how far. What was mirrored before is not told to
     * the audit log again. A row of a job that this Overseer runs is taken only on the terms of that
     * job. Rows are checked while nothing is locked, however long that takes.
     *
     * @param certificates of earlier boots of the node, where this Overseer lost them; those that signed none of the rows are not looked at
     * @return what is wrong with the first row that does not fit
     * @throws Busy if the node has another such call under way
     */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public Optional<String> mirror(
            String nodeId, String datasetId, List<ChargeRow> rows, List<X509Certificate> certificates) {
        List<ChargeRow> first = rows.subList(0, Math.min(rows.size(), MOST_ROWS));
        Turns.Turn turn = turns.begin(Turns.Kind.LEDGER, nodeId);
        try {
            return know(nodeId, first, certificates).or(() -> mirror(nodeId, datasetId, first));
        } finally {
            turn.close();
        }
    }

    private Optional<String> know(String nodeId, List<ChargeRow> rows, List<X509Certificate> certificates) {
        Set<String> signers = rows.stream()
                .flatMap(r -> r.signature().stream())
                .map(RowSignature::signer)
                .collect(Collectors.toCollection(HashSet::new));
        for (X509Certificate certificate : certificates) {
            if (!signers.remove(LedgerCertificates.fingerprint(certificate))) {
                continue;
            }
            if (key.trust().node(certificate).filter(nodeId::equals).isEmpty()) {
                return Optional.of("certificates: expected certificates that this federation issued to " + nodeId);
            }
            mirror.know(nodeId, certificate);
        }
        return Optional.empty();
    }

    private Optional<String> mirror(String nodeId, String datasetId, List<ChargeRow> rows) {
        if (rows.stream().anyMatch(r -> !r.dataset().datasetId().equals(datasetId))) {
            return Optional.of("rows: expected rows of dataset " + datasetId);
        }
        Optional<String> others = onOtherTerms(nodeId, datasetId, rows);
        if (others.isPresent()) {
            return others;
        }
        for (int i = 0; i < TRIES; i++) {
            Optional<RowsCheck> check = mirror.check(nodeId, datasetId, rows);
            if (check.isEmpty()) {
                return rows.isEmpty() ? Optional.empty() : Optional.of(LedgerMirror.unregistered(datasetId));
            }
            CheckedRows checked = check.get().result();
            if (checked instanceof CheckedRows.Unfit unfit) {
                return Optional.of(unfit.why());
            }
            if (settlement.settle((CheckedRows.Fit) checked)) {
                return Optional.empty();
            }
        }
        throw new Busy("expected a ledger that stays as it is for a while, got one that has moved " + TRIES + " times");
    }

    /** What speaks against rows that are new, by the terms of their jobs; what is mirrored already stays. */
    private Optional<String> onOtherTerms(String nodeId, String datasetId, List<ChargeRow> rows) {
        long mirrored =
                mirror.account(nodeId, datasetId).map(DatasetAccount::sequence).orElse(0L);
        return rows.stream()
                .filter(row -> row.sequence() > mirrored)
                .flatMap(row -> terms.objection(nodeId, row).stream())
                .findFirst();
    }
}
