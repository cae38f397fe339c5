package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Answer;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Ground;
import ai.coreason.enclave.overseer.stop.StopOrders;
import java.util.Optional;

/**
 * Whose attempt to enrol is looked at: what is asked of its secrets and of the orders that stand, before its evidence is
 * appraised, to spare the work, and again when it is settled, which is what counts.
 */
final class EnrolmentGate {
    private final NodeRegistry nodes;
    private final StopOrders stops;

    EnrolmentGate(NodeRegistry nodes, StopOrders stops) {
        this.nodes = nodes;
        this.stops = stops;
    }

    /** Why nobody can enrol now; empty if nodes can. */
    Optional<Answer> frozen() {
        return stops.frozen()
                ? refused(Ground.FROZEN, "federation: expected one that no operator has frozen, got a frozen one")
                : Optional.empty();
    }

    /** Why this node cannot enrol now, whatever the attempt is; told to who knows one of its tokens. */
    Optional<Answer> revoked(EnrolmentRequest r) {
        return nodes.revoked(r.nodeId()) && nodes.knows(r.nodeId(), r.token())
                ? refused(Ground.REVOKED, "node_id: expected a node that no operator has revoked, got " + r.nodeId())
                : Optional.empty();
    }

    /** Whether the nonce is good. */
    boolean fresh(EnrolmentRequest r) {
        return nodes.fresh(r.nodeId(), r.nonce());
    }

    /** The node that this very request has enrolled, if that is its last enrolment. */
    Optional<EnrolledNode> enrolledBy(EnrolmentRequest r) {
        return nodes.find(r.nodeId()).filter(n -> n.enrolledBy(r.digest()) && n.trusted());
    }

    /** The answer to a nonce that is not good. */
    static Answer stale() {
        return new Answer.Refused(Ground.SECRET, "nonce: expected one that is fresh and this node's, got another");
    }

    /** Why the token is not good; empty if it is. */
    Optional<Answer> token(EnrolmentRequest r) {
        return nodes.revoked(r.nodeId()) || !nodes.valid(EnrolmentSecret.Kind.TOKEN, r.nodeId(), r.token())
                ? refused(Ground.SECRET, "token: expected this node's unused token, got another")
                : Optional.empty();
    }

    private static Optional<Answer> refused(Ground ground, String why) {
        return Optional.of(new Answer.Refused(ground, why));
    }
}
