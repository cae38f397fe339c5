package ai.coreason.enclave.overseer.job;

/**
 * Whose jobs somebody may see. A job belongs to who submitted it, by the issuer's own name for the user.
 *
 * @param subject the user's own, whose jobs are seen at least
 * @param everything whether all others' are seen too
 */
public record Viewer(String subject, boolean everything) {
    /** One who sees own jobs alone. */
    public static Viewer own(String subject) {
        return new Viewer(subject, false);
    }

    boolean sees(Job job) {
        return everything || job.submitter().equals(subject);
    }
}
