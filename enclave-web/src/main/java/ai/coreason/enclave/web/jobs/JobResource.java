package ai.coreason.enclave.web.jobs;

import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDesk;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.Roles;
import ai.coreason.enclave.web.problem.JsonBody;
import ai.coreason.enclave.web.problem.Problem;
import ai.coreason.enclave.web.problem.Query;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
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

    /** Submits a job. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Roles.FOUNDRY)
    @Operation(
            summary = "Submit a federation job",
            description = "The same job_id with the same document is the same job; without job_id one is assigned.")
    @APIResponse(responseCode = "202", description = "Taken in; Location is the job")
    @APIResponse(responseCode = "400", description = "A field is wrong: which, what was expected, what came")
    @APIResponse(responseCode = "409", description = "The job_id belongs to another job")
    @APIResponse(responseCode = "422", description = "Too few nodes can pay; each node's affordable rounds are told")
    public Response submit(InputStream body, @Context UriInfo uri, @Context SecurityContext caller) throws IOException {
        FederationJob job = FederationJob.parse(JsonBody.read(body), mode.rules());
        Job stored = jobs.submit(job, caller.getUserPrincipal().getName());
        return Response.accepted(json.whole(stored))
                .location(uri.getAbsolutePathBuilder().path(stored.id()).build())
                .build();
    }

    /** Lists jobs, newest first. */
    @GET
    @RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR, Roles.AUDITOR})
    @Operation(summary = "List jobs, newest first")
    public Response list(
            @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("first") @DefaultValue("0")
                    String first,
            @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("count") @DefaultValue("50")
                    String count) {
        int from = (int) Query.whole("first", first, 0, Integer.MAX_VALUE);
        int page = (int) Query.whole("count", count, 1, MAX_PAGE);
        ArrayNode out = Json.object().putArray("jobs");
        jobs.list(from, page).forEach(j -> out.add(json.summary(j)));
        return Response.ok(Json.object().set("jobs", out)).build();
    }

    /** Reads a job with its nodes. */
    @GET
    @Path("{job_id}")
    @RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR, Roles.AUDITOR})
    @Operation(summary = "Read a job: its state, and each node's plan and epsilon")
    public Response read(@PathParam("job_id") String jobId) {
        return Response.ok(json.whole(find(jobId))).build();
    }

    /** Reads the attempts of a job. */
    @GET
    @Path("{job_id}/rounds")
    @RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR, Roles.AUDITOR})
    @Operation(summary = "Read a job's rounds: who took part, who declined and why, how long it took")
    public Response rounds(@PathParam("job_id") String jobId) {
        return Response.ok(json.rounds(find(jobId))).build();
    }

    /** Cancels a job. */
    @POST
    @Path("{job_id}/cancel")
    @RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR})
    @Operation(summary = "Cancel a job; its last whole model and all charges stay")
    @APIResponse(responseCode = "202", description = "Cancelled")
    @APIResponse(responseCode = "409", description = "The job has ended")
    public Response cancel(@PathParam("job_id") String jobId, @Context SecurityContext caller) {
        find(jobId);
        return Response.accepted(
                        json.whole(jobs.cancel(jobId, caller.getUserPrincipal().getName())))
                .build();
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
                StopOrder.Kind.JOB, find(jobId).id(), caller.getUserPrincipal().getName());
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
                StopOrder.Kind.JOB, find(jobId).id(), caller.getUserPrincipal().getName());
        return Response.noContent().build();
    }

    /** Downloads the last whole model. */
    @GET
    @Path("{job_id}/model")
    @RolesAllowed(Roles.FOUNDRY)
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(summary = "Download the last whole model as safetensors", description = "ETag is the file's SHA-256.")
    public Response model(@PathParam("job_id") String jobId, @Context Request request) {
        Job job = find(jobId);
        if (!job.hasModel()) {
            throw Problem.exception(
                    ProblemType.ILLEGAL_STATE,
                    "job " + job.id() + ": expected one that has a model, got " + job.state());
        }
        return ModelResponse.of(request, "", job.modelDigest(), models);
    }

    private Job find(String jobId) {
        return jobs.find(jobId)
                .orElseThrow(() -> Problem.exception(
                        ProblemType.NOT_FOUND, "job_id: expected a job of this Overseer, got " + clip(jobId)));
    }

    private static String clip(String s) {
        return s.length() <= 60 ? s : s.substring(0, 60) + "…";
    }
}
