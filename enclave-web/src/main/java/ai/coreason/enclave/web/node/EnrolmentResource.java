package ai.coreason.enclave.web.node;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.problem.JsonBody;
import ai.coreason.enclave.web.problem.Problem;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Enrolment of nodes: the one thing that a node does without a certificate, with its one-time token instead. */
@Path("enrolments")
@RequestScoped
@Tag(name = "node")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class EnrolmentResource {
    @Inject
    private NodeRegistry nodes;

    @Inject
    private EnrolmentDesk desk;

    /** For the container. */
    public EnrolmentResource() {}

    /** A resource outside of a server. */
    EnrolmentResource(NodeRegistry nodes, EnrolmentDesk desk) {
        this.nodes = nodes;
        this.desk = desk;
    }

    /** Gives a nonce to a node that holds a token. */
    @POST
    @Path("nonces")
    @Operation(summary = "Get the single-use nonce that the evidence must carry")
    public Response nonce(InputStream body) throws IOException {
        JsonFields f = JsonFields.of(JsonBody.read(body), "");
        String nodeId = f.identifier("node_id");
        f.end();
        if (desk.frozen()) {
            return Problem.response(
                    ProblemType.UNAVAILABLE, "federation: expected one that no operator has frozen, got a frozen one");
        }
        String nonce = nodes.nonce(nodeId);
        return Response.status(Response.Status.CREATED)
                .entity(Json.object()
                        .put("nonce", nonce)
                        .put(
                                "expires_at",
                                Instant.now().plus(NodeRegistry.NONCE_VALIDITY).toString()))
                .build();
    }

    /** Enrols a node. */
    @POST
    @Operation(
            summary = "Enrol: token, nonce, evidence and CSR against a certificate",
            description =
                    "The same request again gets the same answer. next_token_sha256 is the SHA-256 of the token that"
                            + " the node has chosen for its next enrolment; without it an operator must issue that one.")
    @APIResponse(responseCode = "201", description = "The certificate chain, its end and the node's epoch")
    @APIResponse(responseCode = "401", description = "The token or the nonce is not valid")
    @APIResponse(
            responseCode = "403",
            description = "The evidence is refused, with all reasons, or the node is revoked")
    @APIResponse(
            responseCode = "409",
            description = "A dataset is registered otherwise than before, than the token allows, or is another's")
    @APIResponse(responseCode = "503", description = "An operator has frozen the federation")
    public Response enrol(InputStream body) throws IOException {
        EnrolmentDesk.Answer answer = desk.enrol(JsonBody.read(body));
        if (answer instanceof EnrolmentDesk.Answer.Enrolled enrolled) {
            return Response.status(Response.Status.CREATED)
                    .entity(enrolled.json())
                    .build();
        }
        EnrolmentDesk.Answer.Refused refused = (EnrolmentDesk.Answer.Refused) answer;
        return Problem.response(type(refused.ground()), refused.why());
    }

    private static ProblemType type(EnrolmentDesk.Ground ground) {
        return switch (ground) {
            case SECRET -> ProblemType.UNAUTHENTICATED;
            case EVIDENCE -> ProblemType.EVIDENCE_REFUSED;
            case REGISTRATION -> ProblemType.REGISTRATION_REFUSED;
            case REVOKED -> ProblemType.NODE_REVOKED;
            case FROZEN -> ProblemType.UNAVAILABLE;
        };
    }
}
