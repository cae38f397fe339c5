package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.enrolment.NodeStops;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * Revokes a node as a member and in its rounds, each in a transaction of its own, as the two lock rows in another order. Broken off
 * in between, the node is shut out already, and the same call again does the rest.
 */
@ApplicationScoped
public class NodeRevocation {
    @Inject
    private NodeStops stops;

    @Inject
    private RoundDesk desk;

    /**
     * Revokes a node; done already, it stays so.
     *
     * @return false if there is no such node
     */
    public boolean revoke(String nodeId, String by) {
        boolean known = stops.revoke(nodeId, by);
        if (known) {
            desk.expel(nodeId, NodeStops.REVOKED);
        }
        return known;
    }
}
