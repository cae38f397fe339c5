package ai.coreason.enclave.web.federation;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.overseer.enrolment.NodeStops;
import ai.coreason.enclave.overseer.round.NodeRevocation;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrder.Kind;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.Roles;
import ai.coreason.enclave.web.problem.Problem;
import com.fasterxml.jackson.databind.node.ArrayNode;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.math.BigInteger;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * The operator's stop buttons. Each counts from the next call on, ends the long polls that wait, stands in the audit log, and may be
 * pushed again.
 */
@Path("")
@RequestScoped
@Tag(name = "federation")
@SecurityRequirement(name = "token")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.OPERATOR)
public class StopResource {
    private static final String STOPPED = "Stopped, or it was before";
    private static final String GOES_ON = "It goes on, or did before";

    @Inject
    private StopOrders stops;

    @Inject
    private NodeStops nodeStops;

    @Inject
    private NodeRevocation nodes;

    @Context
    private SecurityContext caller;

    /** For the container. */
    public StopResource() {}

    /** A resource outside of a server. */
    StopResource(StopOrders stops, NodeStops nodeStops, NodeRevocation nodes, SecurityContext caller) {
        this.stops = stops;
        this.nodeStops = nodeStops;
        this.nodes = nodes;
        this.caller = caller;
    }

    /** Lists what is stopped. */
    @GET
    @Path("stops")
    @RolesAllowed({Roles.OPERATOR, Roles.AUDITOR})
    @Operation(summary = "List what operators have revoked or frozen")
    public Response list() {
        ArrayNode out = Json.object().putArray("stops");
        for (StopOrder order : stops.all()) {
            out.addObject()
                    .put("kind", order.kind().name().toLowerCase(Locale.ROOT))
                    .put("subject", order.subject())
                    .put("since", order.at().toString())
                    .put("by", order.by());
        }
        return Response.ok(Json.object().set("stops", out)).build();
    }

    /** Revokes a node. */
    @POST
    @Path("nodes/{node_id}/revoke")
    @Operation(
            summary =
                    "Revoke a node: its certificate and its tokens are good for nothing, and its update in an open round does"
                            + " not count; its charges stay")
    @APIResponse(responseCode = "204", description = STOPPED)
    @APIResponse(responseCode = "404", description = "No such node")
    public Response revokeNode(@PathParam("node_id") String nodeId) {
        return done(JsonFields.isIdentifier(nodeId) && nodes.revoke(nodeId, operator()), "node_id", "a node", nodeId);
    }

    /** Lets a node enrol again. */
    @POST
    @Path("nodes/{node_id}/reinstate")
    @Operation(summary = "Let a revoked node enrol again, with a token that is issued from now on")
    @APIResponse(responseCode = "204", description = GOES_ON)
    @APIResponse(responseCode = "404", description = "No such node")
    public Response reinstateNode(@PathParam("node_id") String nodeId) {
        return done(
                JsonFields.isIdentifier(nodeId) && nodeStops.reinstate(nodeId, operator()),
                "node_id",
                "a node",
                nodeId);
    }

    /** Revokes a certificate. */
    @POST
    @Path("certificates/{serial}/revoke")
    @Operation(
            summary =
                    "Revoke a node's present certificate by its serial in hex; the node may enrol again with a new key")
    @APIResponse(responseCode = "204", description = STOPPED)
    @APIResponse(responseCode = "404", description = "No node holds a certificate of that serial")
    public Response revokeCertificate(@PathParam("serial") String serial) {
        String digits = serial.replace(":", "");
        if (!digits.matches("[0-9a-fA-F]{1,64}")) {
            throw InvalidDocument.at("serial", "1 to 64 hex digits", "another value");
        }
        String plain = new BigInteger(digits, 16).toString(16);
        return done(
                nodeStops.revokeCertificate(plain, operator()),
                "serial",
                "the serial of a node's present certificate",
                plain);
    }

    /** Revokes a user's tokens. */
    @POST
    @Path("users/{sub: .+}/revoke")
    @Operation(summary = "Revoke the tokens of a user, by sub, that were issued before now")
    @APIResponse(responseCode = "204", description = "They are good for nothing")
    public Response revokeUser(@PathParam("sub") String subject) {
        if (subject.length() > StopOrder.SUBJECT_LENGTH) {
            throw InvalidDocument.at("sub", "at most " + StopOrder.SUBJECT_LENGTH + " characters", subject.length());
        }
        stops.stop(Kind.USER, subject, operator());
        return Response.noContent().build();
    }

    /** Freezes the federation. */
    @POST
    @Path("federation/freeze")
    @Operation(summary = "Freeze the federation: no task, no round, no enrolment, no new job")
    @APIResponse(responseCode = "204", description = STOPPED)
    public Response freeze() {
        stops.freezeFederation(operator());
        return Response.noContent().build();
    }

    /** Lets the federation go on. */
    @POST
    @Path("federation/thaw")
    @Operation(summary = "Let a frozen federation go on; jobs that are frozen by themselves stay so")
    @APIResponse(responseCode = "204", description = GOES_ON)
    public Response thaw() {
        stops.thawFederation(operator());
        return Response.noContent().build();
    }

    private static Response done(boolean known, String parameter, String expected, String came) {
        return known
                ? Response.noContent().build()
                : Problem.response(
                        ProblemType.NOT_FOUND,
                        parameter + ": expected " + expected + ", got " + InvalidDocument.shown(came));
    }

    private String operator() {
        return caller.getUserPrincipal().getName();
    }
}
