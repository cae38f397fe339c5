package ai.coreason.enclave.node.training;

import ai.coreason.enclave.sentry.contract.DeclineReason;

/**
 * The end of an attempt without an update.
 *
 * <p>The message is for the site's own log. What the Overseer is told is {@link #told()}, which holds public values only.
 */
final class Declined extends Exception {
    private static final long serialVersionUID = 1L;

    private final DeclineReason reason;
    private final String told;

    Declined(DeclineReason reason, String message) {
        this(reason, message, message);
    }

    Declined(DeclineReason reason, String message, String told) {
        super(message);
        this.reason = reason;
        this.told = told;
    }

    DeclineReason reason() {
        return reason;
    }

    String told() {
        return told;
    }
}
