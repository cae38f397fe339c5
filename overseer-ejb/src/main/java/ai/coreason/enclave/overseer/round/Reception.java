package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.job.JobState;
import java.util.function.Predicate;

/** What is to become of an upload to an attempt. */
sealed interface Reception {
    /** It is the first one, and taken. */
    record New() implements Reception {}

    /**
     * The same sealed bytes came before.
     *
     * @param envelopeDigest SHA-256 of the envelope that they came in
     */
    record Known(String envelopeDigest) implements Reception {}

    /** The same sealed bytes came before and wait to be judged, but the vault no longer has them: they are taken once more. */
    record Lost() implements Reception {}

    /** It is not taken. */
    record Refused(UploadRefused why) implements Reception {}

    /**
     * Judges an upload. Sealed bytes that came before are known whatever has become of job and round since, unless they are still to be
     * judged and cannot be.
     *
     * @param job where the job stands
     * @param last the last attempt at the contribution's round
     * @param held whether the vault has an envelope, by its digest
     */
    static Reception of(Contribution c, Upload upload, JobState job, Round last, Predicate<String> held) {
        if (c.sealedDigest().isPresent()) {
            String before = c.sealedDigest().get();
            if (!before.equals(upload.sealedDigest())) {
                return new Refused(UploadRefused.otherBytes(before, upload.sealedDigest()));
            }
            return c.lost(held) ? new Lost() : new Known(c.envelopeDigest().orElseThrow());
        }
        if (job == JobState.CANCELLED || job == JobState.FAILED) {
            return closed(c, "part of a job that is " + job);
        }
        if (last.attempt() != c.attempt()) {
            return closed(c, "superseded by attempt " + last.attempt());
        }
        if (last.state() != RoundState.OPEN || job != JobState.RUNNING) {
            return closed(c, last.state().name());
        }
        if (c.state() != ContributionState.INVITED) {
            return closed(c, "one that " + c.nodeId() + " has " + c.state());
        }
        return new New();
    }

    private static Reception closed(Contribution c, String state) {
        return new Refused(UploadRefused.closed(c.key().attempt(), state));
    }
}
