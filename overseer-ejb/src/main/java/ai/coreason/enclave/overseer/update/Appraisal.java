package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.round.Awaited;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.CheckedRows;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
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
    record Found(UpdateEnvelope envelope, boolean proven, Optional<ChargeRow> charge, Optional<CheckedRows> checked) {
        Found with(Function<ChargeRow, Optional<CheckedRows>> figures) {
            return new Found(envelope, proven, charge, charge.flatMap(figures));
        }
    }

    /**
     * Appraises an update by its envelope; what is sealed was opened at the door, which also saw to it that the envelope names
     * the attempt and the node that it is judged for.
     *
     * @param task what the node was asked
     * @param evidence the verdict on its evidence
     */
    static Appraisal of(UpdateEnvelope update, Awaited task, Verdict evidence) {
        UpdateStatement answer = update.statement();
        TaskMatch match = new TaskMatch(task);
        List<String> reasons = new ArrayList<>(match.faults(answer));
        if (evidence instanceof Verdict.Refused refused) {
            refused.reasons().stream().map(Reason::toString).forEach(reasons::add);
        }
        Optional<ChargeRow> charge = Optional.empty();
        try {
            ChargeRow row = ChargeRow.parse(answer.ledgerRow(), "ledger_row");
            List<String> faults = match.faults(answer.key().attempt(), row, measured(update, evidence));
            reasons.addAll(faults);
            charge = faults.isEmpty() ? Optional.of(row) : Optional.empty();
        } catch (InvalidDocument | IllegalArgumentException e) {
            reasons.add(e.getMessage());
        }
        Found found = new Found(update, evidence instanceof Verdict.Trusted, charge, Optional.empty());
        return reasons.isEmpty() ? new Fit(found) : new Unfit(found, reasons);
    }

    /** The code's manifest, which evidence is bound to; evidence that holds and names none leaves it blank, which no row has. */
    private static Optional<String> measured(UpdateEnvelope update, Verdict evidence) {
        return evidence instanceof Verdict.Trusted
                ? Optional.of(update.evidence()
                        .reportData()
                        .path("code_manifest_sha256")
                        .asText(""))
                : Optional.empty();
    }
}
