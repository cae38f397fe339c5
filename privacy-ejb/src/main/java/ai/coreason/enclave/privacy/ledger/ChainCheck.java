package ai.coreason.enclave.privacy.ledger;

import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Function;

/**
 * One pass over a dataset's rows in sequence: each must follow the one before, have its hash, be signed by the node, and
 * add its cost to the filter. Not thread-safe.
 */
public final class ChainCheck {
    private static final double TOLERANCE = 1e-9;

    /**
     * How far a chain was found whole.
     *
     * @param sequence of the last row; 0 before the first
     * @param hash of the last row, or the genesis hash
     * @param spent the summed RDP at the filter's order, as added here and not as the rows say
     */
    public record Position(long sequence, String hash, double spent) {
        /** Before the first row. */
        public static Position genesis(Dataset dataset) {
            return new Position(0, dataset.genesis(), 0);
        }
    }

    /** A row that does not belong where it is. */
    public record Break(LedgerFault.Kind kind, String what) {}

    private final Dataset dataset;
    private final Function<RowSignature, Optional<X509Certificate>> signers;
    private final FilterSum spent;
    private Position position;

    /**
     * @param signers the trusted certificate behind a signature, if there is one
     * @param from where an earlier pass ended
     */
    public ChainCheck(Dataset dataset, Function<RowSignature, Optional<X509Certificate>> signers, Position from) {
        this.dataset = dataset;
        this.spent = new FilterSum(dataset.filter(), from.spent());
        this.signers = signers;
        this.position = from;
    }

    /** How far the chain was found whole. */
    public Position position() {
        return position;
    }

    /** Takes the next row, or says what is wrong with it and stays where it is. */
    public Optional<Break> next(ChargeRow row) {
        long expected = position.sequence() + 1;
        if (row.sequence() != expected) {
            return broken(LedgerFault.Kind.ROW_MISSING, "expected row " + expected + ", got row " + row.sequence());
        }
        if (!row.previousHash().equals(position.hash())) {
            return changed(
                    row,
                    "names " + row.previousHash() + " as the row before it, which has the hash " + position.hash());
        }
        if (!row.dataset().equals(dataset)) {
            return changed(row, "has another registration than the dataset");
        }
        String computed = row.computedHash();
        if (!computed.equals(row.hash())) {
            return changed(row, "has the hash " + row.hash() + ", its members have " + computed);
        }
        Optional<String> unsigned = signatureFault(row);
        if (unsigned.isPresent()) {
            return changed(row, unsigned.get());
        }
        double after = row.request().phase().map(spent::with).orElse(spent.value());
        if (!near(row.spending().filterSpentAfter(), after)) {
            return changed(row, "says filter_spent_after " + row.spending().filterSpentAfter() + ", which is " + after);
        }
        row.request().phase().ifPresent(spent::add);
        position = new Position(expected, row.hash(), after);
        return Optional.empty();
    }

    private Optional<String> signatureFault(ChargeRow row) {
        if (row.signature().isEmpty()) {
            return Optional.of("is not signed");
        }
        RowSignature signature = row.signature().get();
        Optional<X509Certificate> signer = signers.apply(signature)
                .filter(c -> LedgerCertificates.nodeId(c)
                        .filter(row.request().nodeId()::equals)
                        .isPresent());
        if (signer.isEmpty()) {
            return Optional.of("is signed by " + signature.signer() + ", which is no known certificate of node "
                    + row.request().nodeId());
        }
        return signature.holds(signer.get(), row.hash())
                ? Optional.empty()
                : Optional.of("is not signed by " + signature.signer() + ", as it says");
    }

    private static Optional<Break> changed(ChargeRow row, String what) {
        return broken(LedgerFault.Kind.ROW_CHANGED, "row " + row.sequence() + " " + what);
    }

    private static Optional<Break> broken(LedgerFault.Kind kind, String what) {
        return Optional.of(new Break(kind, what));
    }

    /** Equal but for rounding; two figures that are not there are equal. */
    public static boolean near(double got, double expected) {
        return Double.isNaN(got) && Double.isNaN(expected)
                || Math.abs(got - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
    }
}
