package ai.coreason.enclave.node.overseer;

import javax.net.ssl.SSLException;

/** No usable answer from the Overseer after several tries: connection errors, time-outs, or statuses of 5xx. */
public final class OverseerUnreachable extends Exception {
    private static final long serialVersionUID = 1L;

    OverseerUnreachable(String request, int tries, String last, Throwable cause) {
        super(request + " failed " + tries + (tries == 1 ? " time" : " times") + ", at last: " + last, cause);
    }

    /** Whether the TLS session failed, as it does when the Overseer revoked this node's certificate. */
    public boolean concernsIdentity() {
        for (Throwable t = getCause(); t != null; t = t.getCause()) {
            if (t instanceof SSLException) {
                return true;
            }
        }
        return false;
    }
}
