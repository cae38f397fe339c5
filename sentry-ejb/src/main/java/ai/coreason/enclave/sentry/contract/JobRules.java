package ai.coreason.enclave.sentry.contract;

/**
 * What the reader of a job knows beyond the job itself.
 *
 * @param simulation whether this federation simulates: only there may a job carry a seed
 * @param allPublic whether the owner of every dataset that the job will use declared it public: only there, or in
 *     simulation, may a job do without a privacy mechanism
 */
public record JobRules(boolean simulation, boolean allPublic) {
    /** Whether a job may do without a privacy mechanism. */
    boolean unprotected() {
        return simulation || allPublic;
    }

    /** A federation on real records. */
    public static JobRules production() {
        return new JobRules(false, false);
    }

    /** A simulation. */
    public static JobRules inSimulation() {
        return new JobRules(true, false);
    }
}
