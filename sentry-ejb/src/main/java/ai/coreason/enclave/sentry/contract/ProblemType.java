package ai.coreason.enclave.sentry.contract;

import java.util.Locale;

/** The kinds of error that the HTTP interface answers with (RFC 9457): slug, title and status. */
public enum ProblemType {
    /** A document that could not be read; {@code field} names the member. */
    INVALID_DOCUMENT("Document refused", 400),
    /** No valid token or certificate. */
    UNAUTHENTICATED("Authentication required", 401),
    /** The caller's role does not reach. */
    FORBIDDEN("Not allowed", 403),
    /** Nothing of that name. */
    NOT_FOUND("Not found", 404),
    /** The state does not allow it, such as cancelling a finished job. */
    ILLEGAL_STATE("Not possible in this state", 409),
    /** Another body under an id or attempt that was used. */
    CONFLICTING_REPEAT("Different from the first time", 409),
    /** The body did not come in time. */
    TOO_SLOW("Body too slow", 408),
    /** The body exceeds the limit. */
    TOO_LARGE("Body too large", 413),
    /** The body's type is not one that is read. */
    UNSUPPORTED_TYPE("Media type not supported", 415),
    /** Content-Digest does not match the body. */
    DIGEST_MISMATCH("Digest does not match", 422),
    /** The model's graph is refused, such as for an operator that mixes samples. */
    MODEL_REFUSED("Model refused", 422),
    /** Fewer nodes than needed can pay the first round. */
    BUDGET_REFUSED("Privacy budget is not enough", 422),
    /** The nodes' data dictionaries differ in a field that the job uses. */
    DICTIONARIES_DIFFER("Data dictionaries differ", 422),
    /** The evidence was judged and is not trusted; {@code reasons} lists why. */
    EVIDENCE_REFUSED("Evidence refused", 403),
    /** A caller that nobody knows calls too often. */
    TOO_MANY("Too many calls", 429),
    /** A node's registration of a dataset is not as it was, not as its token allows, or another's. */
    REGISTRATION_REFUSED("Registration refused", 409),
    /** An operator has revoked the node. */
    NODE_REVOKED("Node revoked", 403),
    /** The Overseer cannot serve now. */
    UNAVAILABLE("Not available now", 503),
    /** A fault of the server; details stand in its log only. */
    INTERNAL("Internal error", 500);

    private final String title;
    private final int status;

    ProblemType(String title, int status) {
        this.title = title;
        this.status = status;
    }

    /** The {@code type} member: {@code urn:coreason:problem:<slug>}. */
    public String urn() {
        return "urn:coreason:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The {@code title} member. */
    public String title() {
        return title;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }
}
