package ai.coreason.enclave.privacy.ledger;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The check of rows that a node hands in against what is mirrored of it. It takes no lock and no database, as figures of a long
 * ledger take seconds that nobody else may have to wait for. Each row is checked behind those before it, which are read and added up
 * once. Used once.
 */
public final class RowsCheck {
    /**
     * How far a dataset is mirrored.
     *
     * @param sequence the last row; 0 before the first
     * @param head its hash, or the genesis hash
     * @param rows all rows in sequence
     */
    record Standing(String nodeId, Dataset dataset, long sequence, String head, List<ChargeRow> rows) {}

    private record Known(String hash, ChargeState state) {}

    private final Standing mirrored;
    private final Map<String, X509Certificate> signers;
    private final List<ChargeRow> came;
    private final List<ChargeRow> changes = new ArrayList<>();
    private final Map<Long, Known> known = new HashMap<>();
    private final ChargesSoFar before;
    private long sequence;
    private String head;

    /**
     * @param signers the node's certificates by fingerprint, as far as rows name them
     * @param came the rows to check
     */
    RowsCheck(Standing mirrored, Map<String, X509Certificate> signers, List<ChargeRow> came) {
        this.mirrored = mirrored;
        this.signers = signers;
        this.came = came;
        this.before = ChargesSoFar.of(mirrored.dataset(), mirrored.rows());
        this.sequence = mirrored.sequence();
        this.head = mirrored.head();
        mirrored.rows().forEach(r -> known.put(r.sequence(), new Known(r.hash(), r.state())));
    }

    /** Checks all rows, or up to the first that does not fit. */
    public CheckedRows result() {
        for (ChargeRow row : came) {
            Optional<String> fault = row.sequence() <= sequence ? again(row) : next(row);
            if (fault.isPresent()) {
                return new CheckedRows.Unfit(fault.get());
            }
        }
        return new CheckedRows.Fit(
                mirrored.nodeId(), mirrored.dataset().datasetId(), mirrored.sequence(), mirrored.head(), changes);
    }

    /** A row that is mirrored can move from its reservation to its end, once. */
    private Optional<String> again(ChargeRow row) {
        Known there = known.get(row.sequence());
        if (there == null || !there.hash().equals(row.hash())) {
            return Optional.of("a fork of the ledger at " + row.sequence());
        }
        Optional<String> fault = stateFault(there.state(), row);
        if (fault.isEmpty() && moves(there.state(), row)) {
            note(row);
        }
        return fault;
    }

    /** Why a mirrored row cannot take the state in which it comes again. */
    static Optional<String> stateFault(ChargeState now, ChargeRow row) {
        return now == ChargeState.EXPIRED && row.state() == ChargeState.COMMITTED
                ? Optional.of("state: expected EXPIRED to stay, got COMMITTED")
                : Optional.empty();
    }

    /** Whether a mirrored row takes the state in which it comes again. */
    static boolean moves(ChargeState now, ChargeRow row) {
        return now == ChargeState.RESERVED
                && (row.state() == ChargeState.COMMITTED || row.state() == ChargeState.EXPIRED);
    }

    private Optional<String> next(ChargeRow row) {
        Optional<String> fault = chainFault(row)
                .or(() -> attemptFault(row))
                .or(() -> signatureFault(row))
                .or(() -> RowFigures.faults(before, row).stream().findFirst())
                .or(() -> limitFault(row));
        if (fault.isEmpty()) {
            note(row);
            before.add(row);
            sequence = row.sequence();
            head = row.hash();
        }
        return fault;
    }

    private void note(ChargeRow row) {
        changes.add(row);
        known.put(row.sequence(), new Known(row.hash(), row.state()));
    }

    private Optional<String> chainFault(ChargeRow row) {
        if (row.sequence() != sequence + 1) {
            return Optional.of("expected ledger sequence " + (sequence + 1) + ", got " + row.sequence());
        }
        if (!row.previousHash().equals(head)) {
            return Optional.of("a fork of the ledger before " + row.sequence());
        }
        if (!row.hash().equals(row.computedHash())) {
            return Optional.of("the ledger row does not have its hash");
        }
        return row.dataset().equals(mirrored.dataset())
                        && row.request().nodeId().equals(mirrored.nodeId())
                ? Optional.empty()
                : Optional.of("the ledger row is not of this node's registration");
    }

    private Optional<String> attemptFault(ChargeRow row) {
        return before.charged(row.request().key()) && row.recoveredFrom().isEmpty()
                ? Optional.of("expected one charge an attempt, got a second one")
                : Optional.empty();
    }

    private Optional<String> signatureFault(ChargeRow row) {
        if (row.signature().isEmpty()) {
            return Optional.of("the ledger row is not signed");
        }
        RowSignature signature = row.signature().get();
        X509Certificate signer = signers.get(signature.signer());
        if (signer == null) {
            return Optional.of("the ledger row is signed by " + signature.signer()
                    + ", which is no certificate that was issued to " + mirrored.nodeId());
        }
        return signature.holds(signer, row.hash())
                ? Optional.empty()
                : Optional.of("the ledger row is not signed by " + signature.signer() + ", as it says");
    }

    private Optional<String> limitFault(ChargeRow row) {
        if (row.recoveredFrom().isPresent()) {
            // Past every limit if need be: it was spent on a branch that was given up.
            return row.request().phase().isPresent() && row.state() != ChargeState.EXPIRED
                    ? Optional.of("a recovered row is expired, got " + row.state())
                    : Optional.empty();
        }
        return RowFigures.objection(before, row).or(() -> RowFigures.limit(row).map(l -> "the ledger row " + l));
    }
}
