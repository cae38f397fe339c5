package ai.coreason.enclave.node.loop;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Where the node stands with its Overseer, for health checks. Thread-safe. */
@ApplicationScoped
public class NodeState {
    /** The node's standing. */
    public enum Standing {
        /** Not enrolled yet, or the last enrolment is over. */
        NOT_ENROLLED,
        /** The Overseer has refused the enrolment, and the node waits for its owner or an operator. */
        REFUSED,
        /** The Overseer answers and knows this node. */
        ENROLLED,
        /** The loop has ended. */
        STOPPED
    }

    /**
     * One observation.
     *
     * @param standing where the node stands
     * @param epoch the epoch of the present enrolment; 0 when there is none
     * @param problem what went wrong last, for people; empty when nothing did
     */
    public record Snapshot(Standing standing, long epoch, Optional<String> problem) {}

    private volatile Snapshot now = new Snapshot(Standing.NOT_ENROLLED, 0, Optional.empty());

    /** The present standing. */
    public Snapshot now() {
        return now;
    }

    void enrolled(long epoch) {
        now = new Snapshot(Standing.ENROLLED, epoch, Optional.empty());
    }

    void notEnrolled(String problem) {
        now = new Snapshot(Standing.NOT_ENROLLED, 0, Optional.of(problem));
    }

    void refused(String problem) {
        now = new Snapshot(Standing.REFUSED, 0, Optional.of(problem));
    }

    void failing(String problem) {
        now = new Snapshot(now.standing(), now.epoch(), Optional.of(problem));
    }

    void stopped() {
        now = new Snapshot(Standing.STOPPED, 0, Optional.empty());
    }
}
