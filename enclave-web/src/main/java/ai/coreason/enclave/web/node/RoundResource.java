package ai.coreason.enclave.web.node;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.UploadRefused;
import ai.coreason.enclave.overseer.update.UpdateIntake;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.jobs.ModelResponse;
import ai.coreason.enclave.web.problem.JsonBody;
import ai.coreason.enclave.web.problem.Problem;
import ai.coreason.enclave.web.security.NodeCall;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** A node's part in a round: the model out, the update in. */
@Path("jobs/{job_id}/rounds/{round}")
@RequestScoped
@NodeCall
@Tag(name = "node")
@SecurityRequirement(name = "certificate")
@Produces(MediaType.APPLICATION_JSON)
public class RoundResource {
    private static final Pattern DIGEST = Pattern.compile("sha-256=:([A-Za-z0-9+/]{43}=):");

    @Inject
    private RoundDesk desk;

    @Inject
    private ModelStore models;

    @Inject
    private UpdateIntake intake;

    @PathParam("job_id")
    private String jobId;

    @PathParam("round")
    private long round;

    @Context
    private SecurityContext caller;

    /** For the container. */
    public RoundResource() {}

    /** The resource of a job's first round outside of a server. */
    RoundResource(RoundDesk desk, ModelStore models, UpdateIntake intake, String jobId, SecurityContext caller) {
        this.desk = desk;
        this.models = models;
        this.intake = intake;
        this.jobId = jobId;
        this.round = 1;
        this.caller = caller;
    }

    /** Downloads the model that the round starts from. */
    @GET
    @Path("model")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(summary = "Download the round's base model; ETag is its SHA-256, Range is honoured")
    @Parameter(name = "Range", in = ParameterIn.HEADER, schema = @Schema(type = SchemaType.STRING, defaultValue = ""))
    public Response model(@Context Request request, @Context HttpHeaders headers) {
        String digest = desk.base(jobId, round, node())
                .orElseThrow(() -> Problem.exception(
                        ProblemType.FORBIDDEN, "expected a round in which " + node() + " has a task, got another"));
        return ModelResponse.of(request, headers, digest, models);
    }

    /** Hands in an update. */
    @PUT
    @Path("updates/{node_id}")
    @Consumes(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(
            summary = "Hand in a sealed update",
            description = "The same sealed bytes again get the same answer, whatever evidence comes with them."
                    + " Content-Digest carries the body's SHA-256 (RFC 9530).")
    @APIResponse(responseCode = "202", description = "Stored and queued")
    @APIResponse(responseCode = "403", description = "The node has no task in this round")
    @APIResponse(responseCode = "404", description = "No such job")
    @APIResponse(
            responseCode = "409",
            description = "The round takes no more updates, or other sealed bytes came before")
    @APIResponse(
            responseCode = "503",
            description = "Another update of the node is on its way, or there is no memory for it now; see Retry-After")
    @APIResponse(responseCode = "422", description = "The digest, a shape or a value is wrong; nothing is stored")
    public Response upload(
            @PathParam("node_id") String nodeId,
            @HeaderParam("Content-Digest") @DefaultValue("") String contentDigest,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.CONTENT_LENGTH) @DefaultValue("-1") long contentLength,
            InputStream body)
            throws IOException {
        requireOwn(nodeId);
        try {
            intake.receive(jobId, round, nodeId, new UpdateIntake.Upload(sha256(contentDigest), contentLength, body));
        } catch (InvalidDocument e) {
            throw new jakarta.ws.rs.WebApplicationException(
                    e.getMessage(), Problem.response(typeOf(e), e.getMessage(), e.field()));
        }
        return Response.accepted(
                        Json.object().put("state", state(nodeId).state().name()))
                .build();
    }

    /** Tells what became of an update. */
    @GET
    @Path("updates/{node_id}")
    @Operation(summary = "What became of the node's update, with the reasons if it was rejected")
    public Response update(@PathParam("node_id") String nodeId) {
        requireOwn(nodeId);
        Contribution c = state(nodeId);
        ObjectNode o = Json.object().put("state", c.state().name());
        o.putArray("reasons");
        c.reason().ifPresent(r -> o.withArray("reasons").add(r));
        return Response.ok(o).build();
    }

    /** Takes note that the node refuses its task. */
    @POST
    @Path("declines")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Refuse the task: the reason, counts and column names; never a value")
    public Response decline(InputStream body) throws IOException {
        JsonFields f = JsonFields.of(JsonBody.read(body), "");
        long attempt = f.whole("attempt", 1, AttemptKey.MAX_ATTEMPTS);
        DeclineReason reason = f.constant("reason", DeclineReason.class);
        String detail = f.text("detail", "text of at most 2000 characters", s -> s.length() <= 2000);
        f.end();
        if (round < 1 || jobId.isBlank()) {
            throw UploadRefused.notInvited(node(), round, attempt);
        }
        desk.declined(ContributionKey.of(jobId, round, attempt, node()), reason, detail);
        return Response.noContent().build();
    }

    private static ProblemType typeOf(InvalidDocument e) {
        if (e.field().equals("job_id")) {
            return ProblemType.NOT_FOUND;
        }
        if (e.field().equals("Content-Digest") || e.field().equals("sealed_sha256")) {
            return ProblemType.DIGEST_MISMATCH;
        }
        return e.field().startsWith("update") || e.field().startsWith("sealed")
                ? ProblemType.MODEL_REFUSED
                : ProblemType.INVALID_DOCUMENT;
    }

    private Contribution state(String nodeId) {
        return desk.contribution(jobId, round, nodeId)
                .orElseThrow(() -> Problem.exception(
                        ProblemType.NOT_FOUND, "expected a round in which " + nodeId + " has a task, got another"));
    }

    private void requireOwn(String nodeId) {
        if (!nodeId.equals(node())) {
            throw Problem.exception(
                    ProblemType.FORBIDDEN, "node_id: expected " + node() + ", as the certificate says, got another");
        }
    }

    private String node() {
        return caller.getUserPrincipal().getName();
    }

    private static String sha256(String header) {
        Matcher m = DIGEST.matcher(header);
        if (!m.matches()) {
            throw InvalidDocument.at(
                    "Content-Digest", "sha-256=:base64 of 32 bytes:", header.isEmpty() ? "nothing" : header);
        }
        return HexFormat.of().formatHex(Base64.getDecoder().decode(m.group(1)));
    }
}
