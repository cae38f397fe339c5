package ai.coreason.enclave.web.ledger;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.audit.AuditRecord;
import ai.coreason.enclave.web.Roles;
import ai.coreason.enclave.web.problem.Query;
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
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
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

    /** For the container. */
    public AuditResource() {}

    /** A resource outside of a server. */
    AuditResource(AuditLog log) {
        this.log = log;
    }

    /** Exports audit records. */
    @GET
    @Operation(summary = "Export the hash-chained audit log after a sequence")
    public Response export(
            @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("after") @DefaultValue("0")
                    String after,
            @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("count") @DefaultValue("100000")
                    String count) {
        long behind = Query.whole("after", after, 0, Long.MAX_VALUE);
        int page = (int) Query.whole("count", count, 1, MAX_PAGE);
        List<AuditRecord> records = log.after(behind, page);
        ObjectNode out = Json.object();
        ArrayNode rows = out.putArray("records");
        records.forEach(r -> rows.add(r.json()));
        out.put("head", records.isEmpty() ? "" : records.get(records.size() - 1).hash());
        return Response.ok(out).build();
    }
}
