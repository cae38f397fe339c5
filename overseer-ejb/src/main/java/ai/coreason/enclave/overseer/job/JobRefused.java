package ai.coreason.enclave.overseer.job;

/** A well-formed job that cannot be accepted now; the message says why and what would be. */
public final class JobRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of refusal. */
    public enum Kind {
        /** Fewer nodes than the job's minimum can pay. */
        BUDGET,
        /** The nodes' dictionaries differ in a field that the job uses. */
        DICTIONARY,
        /** The job's id belongs to another job. */
        CONFLICT,
        /** The job's state does not allow it. */
        STATE
    }

    private final Kind kind;

    /** A refusal. */
    public JobRefused(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What kind of refusal. */
    public Kind kind() {
        return kind;
    }
}
