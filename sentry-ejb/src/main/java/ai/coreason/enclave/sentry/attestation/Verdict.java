package ai.coreason.enclave.sentry.attestation;

import java.util.List;

/** What a verifier finds about one piece of evidence. */
public sealed interface Verdict {
    /**
     * Every rule held.
     *
     * @param measurement the measurement that was proven, lower-case hex
     */
    record Trusted(String measurement) implements Verdict {}

    /**
     * At least one rule did not hold.
     *
     * @param reasons all that did not, each independent of the others; at least one
     */
    record Refused(List<Reason> reasons) implements Verdict {
        /**
         * Copies the list.
         *
         * @throws IllegalArgumentException if it is empty
         */
        public Refused {
            reasons = List.copyOf(reasons);
            if (reasons.isEmpty()) {
                throw new IllegalArgumentException("reasons: expected at least one, got none");
            }
        }
    }
}
