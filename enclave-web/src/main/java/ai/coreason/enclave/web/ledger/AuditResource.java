package ai.coreason.enclave.web.ledger;

import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.audit.AuditRecord;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.Roles;
import ai.coreason.enclave.web.problem.Problem;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The audit log, for auditors. */
@Path("audit")
@RequestScoped
@Tag(name = "audit")
@SecurityRequirement(name = "token")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed({Roles.AUDITOR, Roles.OPERATOR})
public class AuditResource {
    private static final int MAX_PAGE = 100_000;

    @Inject
    private AuditLog log;

    /** Exports audit records. */
    @GET
    @Operation(summary = "Export the hash-chained audit log after a sequence")
    public Response export(
            @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("count") @DefaultValue("100000") int count) {
        if (after < 0 || count < 1 || count > MAX_PAGE) {
            throw Problem.exception(
                    ProblemType.INVALID_DOCUMENT,
                    "after, count: expected after >= 0 and count in [1, " + MAX_PAGE + "]");
        }
        List<AuditRecord> records = log.after(after, count);
        ObjectNode out = Json.object();
        ArrayNode rows = out.putArray("records");
        records.forEach(r -> rows.add(r.json()));
        out.put("head", records.isEmpty() ? "" : records.get(records.size() - 1).hash());
        return Response.ok(out).build();
    }
}
