package ai.coreason.enclave.sentry.attestation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a verifier says of hardware evidence: whether it holds, why not, and what it claims. Claims of evidence that does
 * not hold are told for the reader's sake and prove nothing.
 *
 * @param result the judgement
 * @param reasons every independent rule that is broken or could not be judged; empty if and only if it is valid
 * @param claims what the evidence says of itself
 * @param unused the names of files beside the evidence that took no part in the judgement
 */
public record Appraisal(Result result, List<Reason> reasons, Claims claims, List<String> unused) {
    /** A judgement. */
    public enum Result {
        /** Every rule holds. */
        VALID,
        /** At least one rule is broken. */
        INVALID,
        /** No rule is broken, but something that a rule needs is not there. */
        UNJUDGED
    }

    /**
     * What evidence says of itself; empty text where it says nothing or could not be read.
     *
     * @param measurement of the code, lower-case hex
     * @param reportData what the guest had bound, lower-case hex
     * @param product the hardware's family and model
     * @param tcb the versions of firmware and microcode, by name
     */
    public record Claims(String measurement, String reportData, String product, ObjectNode tcb) {
        /** Copies the object. */
        public Claims {
            tcb = tcb.deepCopy();
        }

        /** A copy. */
        @Override
        public ObjectNode tcb() {
            return tcb.deepCopy();
        }

        /** Evidence that could not be read. */
        public static Claims none() {
            return new Claims("", "", "", ai.coreason.enclave.base.Json.object());
        }
    }

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if a valid one has reasons, or another none
     */
    public Appraisal {
        reasons = List.copyOf(reasons);
        unused = List.copyOf(unused);
        if ((result == Result.VALID) != reasons.isEmpty()) {
            throw new IllegalArgumentException("reasons: expected none for VALID and some otherwise, got " + reasons);
        }
    }

    /** An appraisal of evidence beside which no other file lies. */
    public Appraisal(Result result, List<Reason> reasons, Claims claims) {
        this(result, reasons, claims, List.of());
    }

    /** The same appraisal of evidence beside which these files lie. */
    public Appraisal beside(List<String> files) {
        return new Appraisal(result, reasons, claims, files);
    }

    /** What is left of this appraisal where one thing more could not be judged: not valid any more. */
    public Appraisal open(Reason reason) {
        List<Reason> all = new ArrayList<>(reasons);
        all.add(reason);
        return new Appraisal(result == Result.VALID ? Result.UNJUDGED : result, all, claims, unused);
    }

    /**
     * The appraisal that follows from what was found: invalid if a rule is broken, else unjudged if one could not be judged.
     *
     * @param broken rules that do not hold
     * @param open rules for which something is missing
     */
    public static Appraisal of(List<Reason> broken, List<Reason> open, Claims claims) {
        if (!broken.isEmpty()) {
            return new Appraisal(Result.INVALID, broken, claims);
        }
        return new Appraisal(open.isEmpty() ? Result.VALID : Result.UNJUDGED, open, claims);
    }
}
