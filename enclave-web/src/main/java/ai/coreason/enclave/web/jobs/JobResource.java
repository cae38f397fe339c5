package ai.coreason.enclave.web.jobs;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDesk;
import ai.coreason.enclave.overseer.job.Viewer;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.token.User;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.Roles;
import ai.coreason.enclave.web.problem.JsonBody;
import ai.coreason.enclave.web.problem.Problem;
import ai.coreason.enclave.web.problem.Query;
import ai.coreason.enclave.web.security.Caller;
import com.fasterxml.jackson.databind.node.ArrayNode;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Federation jobs. */
@Path("jobs")
@RequestScoped
@Tag(name = "jobs")
@SecurityRequirement(name = "token")
@Produces(MediaType.APPLICATION_JSON)
public class JobResource {
    private static final int MAX_PAGE = 500;

    @Inject
    private JobDesk jobs;

    @Inject
    private JobJson json;

    @Inject
    private ModelStore models;

    @Inject
    private FederationMode mode;

    @Inject
    private StopOrders stops;

    /** For the container. */
    public JobResource() {}

    /** A resource outside of a server. */
    JobResource(JobDesk jobs, JobJson json, ModelStore models, FederationMode mode, StopOrders stops) {
        this.jobs = jobs;
        this.json = json;
        this.models = models;
        this.mode = mode;
        this.stops = stops;
    }

    /** Submits a job. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Roles.FOUNDRY)
    @Operation(
            summary = "Submit a federation job",
            description =
                    "The same job_id with the same document of the same user is the same job; without job_id one is"
                            + " assigned. The job belongs to who submits it: no other foundry user sees it or takes its model."
                            + " With frozen=true no node is asked until an operator thaws the job, so that data owners can"
                            + " approve it by its job_digest first; a job that was there before stays as it is, which its member"
                            + " frozen says.")
    @APIResponse(responseCode = "202", description = "Taken in; Location is the job")
    @APIResponse(responseCode = "400", description = "A field is wrong: which, what was expected, what came")
    @APIResponse(responseCode = "409", description = "The job_id belongs to another job, or to another user's")
    @APIResponse(responseCode = "422", description = "Too few nodes can pay; each node's affordable rounds are told")
    public Response submit(
            @Parameter(schema = @Schema(type = SchemaType.BOOLEAN)) @QueryParam("frozen") @DefaultValue("false")
                    String frozen,
            InputStream body,
            @Context UriInfo uri,
            @Context SecurityContext caller)
            throws IOException {
        boolean still = Query.truth("frozen", frozen);
        FederationJob job = FederationJob.parse(JsonBody.read(body), mode.rules());
        Job stored = jobs.submit(job, Caller.of(caller), still);
        return Response.accepted(json.whole(stored))
                .location(uri.getAbsolutePathBuilder().path(stored.id()).build())
                .build();
    }

    /** Lists the jobs that the caller sees, newest first. */
    @GET
    @RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR, Roles.AUDITOR})
    @Operation(
            summary = "List jobs, newest first",
            description = "Operators and auditors see all jobs; a foundry user those that it submitted.")
    public Response list(
            @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("first") @DefaultValue("0")
                    String first,
            @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("count") @DefaultValue("50")
                    String count,
            @Context SecurityContext caller) {
        int from = (int) Query.whole("first", first, 0, Integer.MAX_VALUE);
        int page = (int) Query.whole("count", count, 1, MAX_PAGE);
        ArrayNode out = Json.object().putArray("jobs");
        jobs.list(readable(caller), from, page).forEach(j -> out.add(json.summary(j)));
        return Response.ok(Json.object().set("jobs", out)).build();
    }

    /** Reads a job with its nodes. */
    @GET
    @Path("{job_id}")
    @RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR, Roles.AUDITOR})
    @Operation(summary = "Read a job: its state, and each node's plan and epsilon")
    public Response read(@PathParam("job_id") String jobId, @Context SecurityContext caller) {
        return Response.ok(json.whole(find(jobId, readable(caller)))).build();
    }

    /** Reads the attempts of a job. */
    @GET
    @Path("{job_id}/rounds")
    @RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR, Roles.AUDITOR})
    @Operation(summary = "Read a job's rounds: who took part, who declined and why, how long it took")
    public Response rounds(@PathParam("job_id") String jobId, @Context SecurityContext caller) {
        return Response.ok(json.rounds(find(jobId, readable(caller)))).build();
    }

    /** Cancels a job. */
    @POST
    @Path("{job_id}/cancel")
    @RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR})
    @Operation(
            summary = "Cancel a job; its last whole model and all charges stay",
            description = "A foundry user its own, an operator any.")
    @APIResponse(responseCode = "202", description = "Cancelled")
    @APIResponse(responseCode = "409", description = "The job has ended")
    public Response cancel(@PathParam("job_id") String jobId, @Context SecurityContext caller) {
        User user = Caller.of(caller);
        find(jobId, new Viewer(user.subject(), user.roles().contains(Roles.OPERATOR)));
        return Response.accepted(json.whole(jobs.cancel(jobId, user))).build();
    }

    /** Freezes a job. */
    @POST
    @Path("{job_id}/freeze")
    @RolesAllowed(Roles.OPERATOR)
    @Operation(
            summary = "Freeze a job: no task is handed out and no round moves",
            description = "An update to a task that was handed out before is still taken and judged.")
    @APIResponse(responseCode = "204", description = "Frozen, or it was before")
    public Response freeze(@PathParam("job_id") String jobId, @Context SecurityContext caller) {
        stops.stop(
                StopOrder.Kind.JOB,
                find(jobId, readable(caller)).id(),
                Caller.of(caller).subject());
        return Response.noContent().build();
    }

    /** Lets a job go on. */
    @POST
    @Path("{job_id}/thaw")
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Let a frozen job go on; a round whose deadline has passed meanwhile ends with what came")
    @APIResponse(responseCode = "204", description = "It goes on, or did before")
    public Response thaw(@PathParam("job_id") String jobId, @Context SecurityContext caller) {
        stops.lift(
                StopOrder.Kind.JOB,
                find(jobId, readable(caller)).id(),
                Caller.of(caller).subject());
        return Response.noContent().build();
    }

    /** Downloads the last whole model. */
    @GET
    @Path("{job_id}/model")
    @RolesAllowed(Roles.FOUNDRY)
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(
            summary = "Download the last whole model of a job of one's own as safetensors",
            description = "ETag is the file's SHA-256, Range is honoured.")
    @Parameter(name = "Range", in = ParameterIn.HEADER, schema = @Schema(type = SchemaType.STRING))
    public Response model(
            @PathParam("job_id") String jobId,
            @Context Request request,
            @Context HttpHeaders headers,
            @Context SecurityContext caller) {
        Job own = find(jobId, Viewer.own(Caller.of(caller).subject()));
        if (!own.hasModel()) {
            throw Problem.exception(
                    ProblemType.ILLEGAL_STATE,
                    "job " + own.id() + ": expected one that has a model, got " + own.state());
        }
        return ModelResponse.of(request, headers, own.modelDigest(), models);
    }

    private static Viewer readable(SecurityContext caller) {
        User user = Caller.of(caller);
        return new Viewer(
                user.subject(),
                user.roles().contains(Roles.OPERATOR) || user.roles().contains(Roles.AUDITOR));
    }

    /** One answer for a job that is not there and for one that the caller may not know of. */
    private Job find(String jobId, Viewer viewer) {
        return jobs.find(jobId, viewer)
                .orElseThrow(() -> Problem.exception(
                        ProblemType.NOT_FOUND, "job_id: expected a job of this Overseer, got " + clip(jobId)));
    }

    private static String clip(String s) {
        return s.length() <= 60 ? s : s.substring(0, 60) + "…";
    }
}
