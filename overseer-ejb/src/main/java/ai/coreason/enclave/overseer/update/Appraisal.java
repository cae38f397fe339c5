package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.round.Awaited;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.CheckedRows;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.UpdateHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is found about an uploaded update while nothing is locked. It settles nothing: whatever is good once is looked at by
 * {@link UpdateSettlement}.
 */
public sealed interface Appraisal {
    /** The same, with what was found about its charge's figures, if it has a charge. */
    Appraisal with(Function<ChargeRow, Optional<CheckedRows>> figures);

    /** There is nothing to judge: it was judged before, or its round has ended. */
    record NotAwaited() implements Appraisal {
        @Override
        public Appraisal with(Function<ChargeRow, Optional<CheckedRows>> figures) {
            return this;
        }
    }

    /** Nothing speaks against it so far. */
    record Fit(Found update) implements Appraisal {
        @Override
        public Appraisal with(Function<ChargeRow, Optional<CheckedRows>> figures) {
            return new Fit(update.with(figures));
        }
    }

    /**
     * It is to be refused, whatever else is found.
     *
     * @param reasons all that speak against it; at least one
     */
    record Unfit(Found update, List<String> reasons) implements Appraisal {
        /** Copies the list. */
        public Unfit {
            reasons = List.copyOf(reasons);
            if (reasons.isEmpty()) {
                throw new IllegalArgumentException("reasons: expected at least one, got none");
            }
        }

        @Override
        public Appraisal with(Function<ChargeRow, Optional<CheckedRows>> figures) {
            return new Unfit(update.with(figures), reasons);
        }
    }

    /**
     * What there is to settle.
     *
     * @param proven whether its evidence holds, so that its quote is used up with it
     * @param charge the charge that came with it, to be mirrored; empty where it is not this task's
     * @param checked what was found about the charge's figures, as the mirror stood then; empty where nobody looked
     */
    record Found(UpdateHeader header, boolean proven, Optional<ChargeRow> charge, Optional<CheckedRows> checked) {
        Found with(Function<ChargeRow, Optional<CheckedRows>> figures) {
            return new Found(header, proven, charge, charge.flatMap(figures));
        }
    }

    /**
     * Appraises an update by its header; what is sealed was opened at the door.
     *
     * @param key whose it is
     * @param task what the node was asked
     * @param evidence the verdict on its evidence
     */
    static Appraisal of(ContributionKey key, UpdateHeader header, Awaited task, Verdict evidence) {
        TaskMatch match = new TaskMatch(task);
        List<String> reasons = new ArrayList<>(match.faults(header));
        if (evidence instanceof Verdict.Refused refused) {
            refused.reasons().stream().map(Reason::toString).forEach(reasons::add);
        }
        Optional<ChargeRow> charge = Optional.empty();
        try {
            ChargeRow row = ChargeRow.parse(header.ledgerRow(), "ledger_row");
            List<String> faults = match.faults(key, row, measured(header, evidence));
            reasons.addAll(faults);
            charge = faults.isEmpty() ? Optional.of(row) : Optional.empty();
        } catch (InvalidDocument | IllegalArgumentException e) {
            reasons.add(e.getMessage());
        }
        Found found = new Found(header, evidence instanceof Verdict.Trusted, charge, Optional.empty());
        return reasons.isEmpty() ? new Fit(found) : new Unfit(found, reasons);
    }

    /** The code's manifest, which evidence is bound to; evidence that holds and names none leaves it blank, which no row has. */
    private static Optional<String> measured(UpdateHeader header, Verdict evidence) {
        return evidence instanceof Verdict.Trusted
                ? Optional.of(header.evidence()
                        .reportData()
                        .path("code_manifest_sha256")
                        .asText(""))
                : Optional.empty();
    }
}
