package ai.coreason.enclave.sentry.attestation;

/** Evidence that lacks a file without which nothing can be judged. */
public final class IncompleteEvidence extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    /** @param file the name of what is missing */
    public IncompleteEvidence(String file) {
        this.reason = new Reason(file, "a file in the folder", "none");
    }

    /** What is missing. */
    public Reason reason() {
        return reason;
    }
}
