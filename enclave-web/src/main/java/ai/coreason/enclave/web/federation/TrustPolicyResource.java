package ai.coreason.enclave.web.federation;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.trust.TrustPolicies;
import ai.coreason.enclave.overseer.trust.TrustPolicyVersion;
import ai.coreason.enclave.web.Roles;
import ai.coreason.enclave.web.problem.JsonBody;
import ai.coreason.enclave.web.security.Caller;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the federation demands of its members' hardware. */
@Path("trust-policy")
@RequestScoped
@Tag(name = "federation")
@SecurityRequirement(name = "token")
@Produces(MediaType.APPLICATION_JSON)
public class TrustPolicyResource {
    @Inject
    private TrustPolicies policies;

    /** For the container. */
    public TrustPolicyResource() {}

    /** A resource outside of a server. */
    TrustPolicyResource(TrustPolicies policies) {
        this.policies = policies;
    }

    /** Tells the policy in force. */
    @GET
    @RolesAllowed({Roles.OPERATOR, Roles.AUDITOR})
    @Operation(
            summary = "Read the trust policy in force",
            description = "Version 0, an empty policy: no operator has set one yet, and no hardware is trusted.")
    public Response read() {
        Optional<TrustPolicyVersion> last = policies.last();
        ObjectNode out = Json.object()
                .put("version", last.map(TrustPolicyVersion::version).orElse(0L));
        last.ifPresent(p -> out.put("changed_by", p.changedBy())
                .put("changed_at", p.changedAt().toString()));
        out.set("policy", last.map(p -> Json.read(p.json())).orElseGet(Json::object));
        return Response.ok(out).build();
    }

    /** Sets the policy. */
    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Roles.OPERATOR)
    @Operation(
            summary = "Set the trust policy",
            description =
                    "Evidence is judged by it from now on; nodes that are enrolled keep their certificates until they"
                            + " end, but each of their updates is judged anew. The change stands in the audit log.")
    @APIResponse(responseCode = "200", description = "The policy's version")
    @APIResponse(responseCode = "400", description = "A member is missing, unknown or out of its range")
    public Response change(InputStream body, @Context SecurityContext caller) throws IOException {
        JsonNode policy = JsonBody.read(body);
        long version = policies.change(policy, Caller.of(caller).subject());
        return Response.ok(Json.object().put("version", version)).build();
    }
}
