package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.overseer.stop.StopOrder.Kind;
import ai.coreason.enclave.overseer.stop.StopOrders;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Shuts nodes and certificates out. A revoked node is no member from the next call on, and none of its tokens is good any more;
 * after it is reinstated it needs a new one. Whose certificate alone is revoked enrols again with a new key.
 *
 * <p>Rows are locked as an enrolment locks them: secrets, the node, the audit log.
 */
@Stateless
public class NodeStops {
    /** Why a revoked node is not trusted. */
    public static final String REVOKED = "revoked: by an operator";

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private NodeRegistry nodes;

    @Inject
    private StopOrders stops;

    /** For the container. */
    public NodeStops() {}

    /** Outside of a server. */
    NodeStops(EntityManager em, NodeRegistry nodes, StopOrders stops) {
        this.em = em;
        this.nodes = nodes;
        this.stops = stops;
    }

    /**
     * Revokes a node and withdraws its tokens; done already, only tokens that came since are withdrawn.
     *
     * @return false if there is no such node: it has not enrolled, has no token, and is not revoked
     */
    public boolean revoke(String nodeId, String by) {
        long tokens = nodes.withdrawAll(nodeId);
        EnrolledNode node = em.find(EnrolledNode.class, nodeId, LockModeType.PESSIMISTIC_WRITE);
        if (node == null && tokens == 0 && !nodes.revoked(nodeId)) {
            return false;
        }
        if (node != null) {
            node.distrust(List.of(REVOKED), Instant.now());
        }
        stops.stop(Kind.NODE, nodeId, by);
        return true;
    }

    /**
     * Lets a node enrol again, with a token that is issued from now on; a node that is not revoked stays as it is.
     *
     * @return false if there is no such node
     */
    public boolean reinstate(String nodeId, String by) {
        if (!nodes.revoked(nodeId)) {
            return nodes.find(nodeId).isPresent();
        }
        nodes.withdrawAll(nodeId);
        stops.lift(Kind.NODE, nodeId, by);
        return true;
    }

    /**
     * Revokes a certificate.
     *
     * @param serial lower-case hex without leading zeros
     * @return false if no node holds it and it is not revoked
     */
    public boolean revokeCertificate(String serial, String by) {
        Optional<EnrolledNode> bearer = nodes.bearer(serial);
        if (bearer.isEmpty() && !stops.stands(Kind.CERTIFICATE, serial)) {
            return false;
        }
        stops.stop(Kind.CERTIFICATE, serial, by);
        return true;
    }
}
