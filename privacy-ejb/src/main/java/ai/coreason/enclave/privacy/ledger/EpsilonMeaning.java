package ai.coreason.enclave.privacy.ledger;

/** What an ε of a ledger row is a bound of. */
public enum EpsilonMeaning {
    /**
     * Of a plan whose sampling rate, noise and steps a round were fixed before its first charge. The job's charges are the
     * first of that plan's rounds, so that the figure holds whenever the job ends and for whatever reason.
     */
    PLAN,

    /**
     * The spending of a Rényi filter at an order fixed by limit and δ: holds also where each charge was chosen with
     * knowledge of all results before it (Feldman and Zrnic 2021; Whitehouse et al. 2023).
     */
    FILTER,

    /**
     * Of what was charged so far, composed as if it had been fixed beforehand. It tells how much was used; what holds for
     * jobs that were chosen on the way is the ceiling, which {@code filter_spent_after} keeps.
     */
    HINDSIGHT,

    /** There is no bound: something was released without noise. */
    NONE
}
