package ai.coreason.enclave.sentry.attestation;

import java.util.List;

/** What a verifier finds about one piece of evidence. */
public sealed interface Verdict {
    /** The code's measurement, lower-case hex: proven if trusted, else what the evidence claims, or empty. */
    String measurement();

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
     * @param measurement what the evidence says, which proves nothing; empty where it could not be read
     */
    record Refused(List<Reason> reasons, String measurement) implements Verdict {
        /** A refusal of evidence whose measurement could not be read. */
        public Refused(List<Reason> reasons) {
            this(reasons, "");
        }

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
