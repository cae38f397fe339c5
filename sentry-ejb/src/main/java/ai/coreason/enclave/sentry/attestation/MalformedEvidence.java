package ai.coreason.enclave.sentry.attestation;

/** Evidence that is not of the form its specification demands. The message tells where, what was expected and what came. */
public final class MalformedEvidence extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    /**
     * @param part which part of the evidence, such as {@code report}
     * @param offset in bytes from the part's start
     */
    public MalformedEvidence(String part, long offset, String expected, String came) {
        this(new Reason(part + " at offset " + offset, expected, came));
    }

    /** @param reason the rule of form that is broken */
    public MalformedEvidence(Reason reason) {
        super(reason.toString());
        this.reason = reason;
    }

    /** The broken rule. */
    public Reason reason() {
        return reason;
    }
}
