package ai.coreason.enclave.overseer.load;

import jakarta.ejb.ApplicationException;

/** The refusal of a call that asks for more than may go on now; the same call may pass later. */
@ApplicationException(rollback = true)
public final class Busy extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int RETRY_AFTER = 5;

    /** @param message what was expected and what came; public values only */
    public Busy(String message) {
        super(message);
    }

    /** How long to wait before the call is made again, seconds. */
    public int retryAfterSeconds() {
        return RETRY_AFTER;
    }
}
