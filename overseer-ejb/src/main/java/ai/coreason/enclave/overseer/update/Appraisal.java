package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.round.Awaited;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is found about an uploaded update while nothing is locked. It settles nothing: whatever is good once is looked at by
 * {@link UpdateSettlement}.
 */
public sealed interface Appraisal {
    /** There is nothing to judge: it was judged before, or its round has ended. */
    record NotAwaited() implements Appraisal {}

    /** Nothing speaks against it so far. */
    record Fit(Found update) implements Appraisal {}

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
    }

    /**
     * What there is to settle.
     *
     * @param proven whether its evidence holds, so that its quote is used up with it
     * @param charge the charge that came with it, to be mirrored; empty where it is not this task's
     */
    record Found(UpdateEnvelope envelope, boolean proven, Optional<ChargeRow> charge) {}

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
            Optional<String> fault = match.fault(answer.key().attempt(), row);
            fault.ifPresent(reasons::add);
            charge = fault.isEmpty() ? Optional.of(row) : Optional.empty();
        } catch (InvalidDocument | IllegalArgumentException e) {
            reasons.add(e.getMessage());
        }
        Found found = new Found(update, evidence instanceof Verdict.Trusted, charge);
        return reasons.isEmpty() ? new Fit(found) : new Unfit(found, reasons);
    }
}
