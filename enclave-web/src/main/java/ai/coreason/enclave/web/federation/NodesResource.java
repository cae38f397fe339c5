package ai.coreason.enclave.web.federation;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.enrolment.EnrolledNode;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.Roles;
import ai.coreason.enclave.web.problem.Problem;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Nodes and their datasets. */
@Path("")
@RequestScoped
@Tag(name = "federation")
@SecurityRequirement(name = "token")
@Produces(MediaType.APPLICATION_JSON)
public class NodesResource {
    @Inject
    private NodeRegistry nodes;

    @Inject
    private LedgerMirror mirror;

    /** For the container. */
    public NodesResource() {}

    /** A resource outside of a server. */
    NodesResource(NodeRegistry nodes, LedgerMirror mirror) {
        this.nodes = nodes;
        this.mirror = mirror;
    }

    /** Lists the nodes. */
    @GET
    @Path("nodes")
    @RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR, Roles.AUDITOR})
    @Operation(summary = "List the enrolled nodes with their datasets and attestation reports")
    public Response list() {
        ArrayNode out = Json.object().putArray("nodes");
        for (EnrolledNode node : nodes.all()) {
            ObjectNode o = out.addObject()
                    .put("node_id", node.id())
                    .put("epoch", node.epoch())
                    .put("trusted", node.trusted())
                    .put("revoked", nodes.revoked(node.id()))
                    .put("certificate_serial", node.certificateSerial())
                    .put("enrolled_at", node.enrolledAt().toString())
                    .put("expires_at", node.expiresAt().toString());
            o.set("report", Json.read(node.report()));
            ArrayNode datasets = o.putArray("datasets");
            for (DatasetAccount a : mirror.accounts()) {
                if (a.source().equals(node.id())) {
                    datasets.add(a.dataset()
                            .json()
                            .put("epsilon_spent", a.dataset().filter().epsilon(a.filterSpent())));
                }
            }
        }
        return Response.ok(Json.object().set("nodes", out)).build();
    }

    /** Tells a node's attestation report. */
    @GET
    @Path("nodes/{node_id}/attestation")
    @RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR, Roles.AUDITOR})
    @Operation(summary = "Read the verifier's finding about a node")
    public Response attestation(@PathParam("node_id") String nodeId) {
        return nodes.find(nodeId)
                .map(n -> Response.ok(Json.read(n.report())).build())
                .orElseGet(() -> Problem.response(
                        ProblemType.NOT_FOUND, "node_id: expected a node that has enrolled, got an unknown one"));
    }
}
