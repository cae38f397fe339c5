package ai.coreason.enclave.web.federation;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.overseer.enrolment.DatasetGrant;
import ai.coreason.enclave.overseer.enrolment.EnrolmentSecret;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.enrolment.TokenDesk;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.Roles;
import ai.coreason.enclave.web.problem.JsonBody;
import ai.coreason.enclave.web.problem.Problem;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The one-time tokens by which nodes enrol, and what each lets its node register. */
@Path("enrolment-tokens")
@RequestScoped
@Tag(name = "federation")
@SecurityRequirement(name = "token")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.OPERATOR)
public class EnrolmentTokensResource {
    @Inject
    private NodeRegistry nodes;

    @Inject
    private TokenDesk desk;

    @Context
    private SecurityContext caller;

    /** For the container. */
    public EnrolmentTokensResource() {}

    /** A resource outside of a server. */
    EnrolmentTokensResource(NodeRegistry nodes, TokenDesk desk, SecurityContext caller) {
        this.nodes = nodes;
        this.desk = desk;
        this.caller = caller;
    }

    /** Issues a token for one enrolment of one node. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Issue a one-time enrolment token for a node",
            description =
                    "datasets: [{data_owner, dataset_id, max_rows}], what the node may register, now and by the tokens"
                            + " that follow from this one. It may be left out in a simulation only.")
    @APIResponse(responseCode = "201", description = "The token, which is shown this once")
    @APIResponse(responseCode = "409", description = "The node is revoked, or a dataset is another node's")
    public Response issue(InputStream body) throws IOException {
        JsonFields f = JsonFields.of(JsonBody.read(body), "");
        String nodeId = f.identifier("node_id");
        Optional<List<DatasetGrant>> datasets =
                f.has("datasets") ? Optional.of(DatasetGrant.read(f)) : Optional.empty();
        f.end();
        TokenDesk.Issued issued = desk.issue(nodeId, datasets, operator());
        if (issued instanceof TokenDesk.Issued.Refused refused) {
            return Problem.response(ProblemType.ILLEGAL_STATE, refused.why());
        }
        ObjectNode out = Json.object()
                .put("node_id", nodeId)
                .put("token", ((TokenDesk.Issued.Token) issued).text())
                .put(
                        "expires_at",
                        Instant.now().plus(NodeRegistry.TOKEN_VALIDITY).toString());
        datasets.ifPresent(d -> out.set("datasets", DatasetGrant.json(d)));
        return Response.status(Response.Status.CREATED).entity(out).build();
    }

    /** Lists the tokens that could still be used. */
    @GET
    @Operation(
            summary = "List the tokens that could still be used, by the first digits of their SHA-256",
            description = "One without issued_by was chosen by its node for its next enrolment.")
    public Response list() {
        ArrayNode tokens = Json.object().putArray("tokens");
        for (EnrolmentSecret token : nodes.outstanding()) {
            ObjectNode o = tokens.addObject()
                    .put("id", token.id())
                    .put("node_id", token.nodeId())
                    .put("expires_at", token.expiresAt().toString());
            token.issuedBy().ifPresent(by -> o.put("issued_by", by));
            token.allowed().ifPresent(d -> o.set("datasets", DatasetGrant.json(d)));
        }
        return Response.ok(Json.object().set("tokens", tokens)).build();
    }

    /** Withdraws a token. */
    @DELETE
    @Path("{token_id}")
    @Operation(summary = "Withdraw a token; done already, nothing changes")
    @APIResponse(responseCode = "204", description = "It is good for nothing")
    @APIResponse(responseCode = "404", description = "No token of that id")
    public Response withdraw(@PathParam("token_id") String id) {
        return desk.withdraw(id, operator())
                ? Response.noContent().build()
                : Problem.response(ProblemType.NOT_FOUND, "token_id: expected the id of a token, got an unknown one");
    }

    private String operator() {
        return caller.getUserPrincipal().getName();
    }
}
