package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.trust.SimulationTrust;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.audit.AuditLog;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/** Issues and withdraws enrolment tokens, each in one transaction with its audit record. */
@Stateless
public class TokenDesk {
    /** What a request for a token is answered with. */
    public sealed interface Issued {
        /** A secret. */
        record Token(String text) implements Issued {
            /** Never shows it. */
            @Override
            public String toString() {
                return "Token[REDACTED]";
            }
        }

        /** No token; what was expected and what came. */
        record Refused(String why) implements Issued {}
    }

    @Inject
    private NodeRegistry nodes;

    @Inject
    private SimulationTrust simulation;

    @Inject
    private LedgerMirror mirror;

    @Inject
    private AuditLog audit;

    /** For the container. */
    public TokenDesk() {}

    /** A desk outside of a server. */
    TokenDesk(NodeRegistry nodes, SimulationTrust simulation, LedgerMirror mirror, AuditLog audit) {
        this.nodes = nodes;
        this.simulation = simulation;
        this.mirror = mirror;
        this.audit = audit;
    }

    /**
     * Issues a token for a node's next enrolment.
     *
     * @param allowed the datasets that the node may register; they may be left out in a simulation only, and then nothing is
     *     bound
     * @throws InvalidDocument if they are left out elsewhere
     */
    public Issued issue(String nodeId, Optional<List<DatasetGrant>> allowed, String by) {
        if (allowed.isEmpty() && simulation.key().isEmpty()) {
            throw InvalidDocument.at("datasets", "the datasets that the node may register", "nothing");
        }
        if (nodes.revoked(nodeId)) {
            return new Issued.Refused(
                    "node_id: expected a node that is not revoked, got " + nodeId + ", which is; reinstate it first");
        }
        Optional<String> taken = allowed.orElse(List.of()).stream()
                .flatMap(grant -> taken(nodeId, grant).stream())
                .findFirst();
        if (taken.isPresent()) {
            return new Issued.Refused(taken.get());
        }
        Issued token = new Issued.Token(nodes.token(nodeId, allowed, by));
        audit.append(new EnrolmentEvent.TokenIssued(nodeId, by, allowed));
        return token;
    }

    /** Why a dataset is not this node's to register: another node has it, or may register it by a token that is out. */
    private Optional<String> taken(String nodeId, DatasetGrant grant) {
        String which = grant.datasetId() + " of " + grant.dataOwner();
        return mirror.holder(grant.dataOwner(), grant.datasetId())
                .filter(holder -> !holder.equals(nodeId))
                .map(holder -> "datasets: expected datasets that no other node has registered, got " + which
                        + ", which " + holder + " has")
                .or(() -> nodes.outstanding().stream()
                        .filter(token -> !token.nodeId().equals(nodeId) && token.allows(grant))
                        .map(token -> "datasets: expected datasets that no other node may register, got " + which
                                + ", as token " + token.id() + " of " + token.nodeId() + " says; withdraw it first")
                        .findFirst());
    }

    /**
     * Makes a token useless; one that was used, or withdrawn before, stays as it is.
     *
     * @param id as {@link EnrolmentSecret#id}
     * @return false if there is none of that id
     */
    public boolean withdraw(String id, String by) {
        Optional<EnrolmentSecret> found = nodes.locked(id);
        found.filter(EnrolmentSecret::unused).ifPresent(token -> {
            token.withdraw();
            audit.append(new EnrolmentEvent.TokenWithdrawn(id, token.nodeId(), by));
        });
        return found.isPresent();
    }
}
