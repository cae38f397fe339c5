package ai.coreason.enclave.web.node;

import ai.coreason.enclave.overseer.enrolment.Standing;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.TaskBell;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.web.problem.Problem;
import ai.coreason.enclave.web.problem.Query;
import ai.coreason.enclave.web.security.NodeCall;
import ai.coreason.enclave.web.security.NodeCaller;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Hands tasks to nodes by long poll. */
@Path("tasks/next")
@RequestScoped
@NodeCall
@Tag(name = "node")
@SecurityRequirement(name = "certificate")
@Produces(MediaType.APPLICATION_JSON)
public class TaskResource {
    private static final int LONGEST_WAIT = 60;

    @Inject
    private RoundDesk desk;

    @Inject
    private NodeCaller callers;

    @Inject
    private TaskBell bell;

    @Resource
    private ManagedExecutorService executor;

    /** For the container. */
    public TaskResource() {}

    /** A resource outside of a server. */
    TaskResource(RoundDesk desk, NodeCaller callers, TaskBell bell, ManagedExecutorService executor) {
        this.desk = desk;
        this.callers = callers;
        this.bell = bell;
        this.executor = executor;
    }

    /** Answers with the node's task as soon as there is one. */
    @GET
    @Operation(summary = "Wait for the node's next task")
    @APIResponse(responseCode = "200", description = "A task; asked again before it is done, the same task")
    @APIResponse(responseCode = "204", description = "No task within the wait")
    @APIResponse(responseCode = "401", description = "The node is in quarantine and has to enrol again, or is revoked")
    @APIResponse(responseCode = "503", description = "The Overseer is stopping")
    public void next(
            @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("wait_seconds") @DefaultValue("20")
                    String wait,
            @Context SecurityContext caller,
            @Context HttpServletRequest request,
            @Suspended AsyncResponse response) {
        long seconds = Query.whole("wait_seconds", wait, 1, LONGEST_WAIT);
        String node = caller.getUserPrincipal().getName();
        X509Certificate certificate = NodeCaller.certificate(request).orElseThrow();
        Runnable look = () -> executor.execute(() -> answer(node, certificate, response));
        response.setTimeout(seconds, TimeUnit.SECONDS);
        response.setTimeoutHandler(late -> {
            bell.forget(node, look);
            late.resume(Response.noContent().build());
        });
        if (!bell.await(node, look)) {
            response.resume(stopping());
            return;
        }
        Optional<RoundTask> now = desk.task(node);
        if (now.isPresent()) {
            bell.forget(node, look);
            response.resume(Response.ok(now.get().json()).build());
        }
    }

    /** Looks again at who asks, as that may be what has changed. */
    private void answer(String node, X509Certificate certificate, AsyncResponse response) {
        if (bell.closed()) {
            response.resume(stopping());
            return;
        }
        if (!(callers.standing(certificate) instanceof Standing.Member)) {
            response.resume(Problem.response(
                    ProblemType.UNAUTHENTICATED, "expected a node that is trusted, got one that no longer is"));
            return;
        }
        Response found = desk.task(node)
                .map(t -> Response.ok(t.json()).build())
                .orElseGet(() -> Response.noContent().build());
        response.resume(found);
    }

    private static Response stopping() {
        return Problem.response(ProblemType.UNAVAILABLE, "this Overseer is stopping; ask again in a while");
    }
}
