package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import jakarta.ejb.ApplicationException;

/** An update that is not taken; nothing changed. */
@ApplicationException(rollback = true)
public final class UploadRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of refusal. */
    public enum Kind {
        /** The node has no part in this attempt. */
        NOT_INVITED,
        /** The attempt takes no more updates. */
        CLOSED,
        /** Other bytes came before. */
        OTHER_BYTES
    }

    private final Kind kind;

    private UploadRefused(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    static UploadRefused notInvited(ContributionKey key) {
        return notInvited(key.nodeId(), key.round(), key.attempt().attempt());
    }

    /** The refusal of what a node sends that has no task in an attempt, be there such an attempt or not. */
    public static UploadRefused notInvited(String nodeId, long round, long attempt) {
        return new UploadRefused(
                Kind.NOT_INVITED,
                "node_id: expected a node that was given a task for round " + round + ", attempt " + attempt + ", got "
                        + nodeId);
    }

    /** The refusal of an update by a node that has no task in a round. */
    public static UploadRefused notInvited(String nodeId, long round) {
        return new UploadRefused(
                Kind.NOT_INVITED, "round: expected one in which " + nodeId + " was given a task, got round " + round);
    }

    /** The refusal of an update that comes too late. */
    public static UploadRefused closed(AttemptKey key, String state) {
        return new UploadRefused(
                Kind.CLOSED,
                "round: expected one that takes updates, got round " + key.round() + ", attempt " + key.attempt()
                        + ", which is " + state);
    }

    static UploadRefused otherBytes(String before, String now) {
        return new UploadRefused(
                Kind.OTHER_BYTES,
                "update: expected the sealed bytes of the first upload, SHA-256 " + before + ", got SHA-256 " + now);
    }

    /** What kind of refusal. */
    public Kind kind() {
        return kind;
    }
}
