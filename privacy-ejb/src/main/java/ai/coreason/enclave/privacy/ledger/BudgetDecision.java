package ai.coreason.enclave.privacy.ledger;

/** What the ledger answers to a request to spend. */
public sealed interface BudgetDecision {
    /** The charge is reserved and counts from now on. */
    record Reserved(ChargeRow row) implements BudgetDecision {}

    /**
     * The same attempt was charged before; nothing was charged again.
     *
     * @param row the charge as it stands
     */
    record AlreadyCharged(ChargeRow row) implements BudgetDecision {}

    /**
     * The charge is on other terms than those that the job's first charge pinned; nothing was charged.
     *
     * @param what the first term that differs, what was pinned and what came
     */
    record Pinned(String what) implements BudgetDecision {}

    /** The ledger itself is in doubt; nothing was charged. */
    record Held(LedgerFault fault) implements BudgetDecision {}

    /**
     * The charge would exceed a limit; nothing was charged.
     *
     * @param limit which limit: {@code job} or {@code ceiling}
     * @param epsilon ε that the charge would lead to
     * @param allowed the limit's ε
     */
    record Refused(String limit, double epsilon, double allowed) implements BudgetDecision {
        /** One sentence for people; public values only. */
        public String sentence() {
            return String.format(
                    java.util.Locale.ROOT,
                    "the round would take epsilon to %.4f, above the %s limit of %.4f",
                    epsilon,
                    limit,
                    allowed);
        }
    }
}
