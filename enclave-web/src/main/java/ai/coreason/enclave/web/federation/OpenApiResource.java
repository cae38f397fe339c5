package ai.coreason.enclave.web.federation;

import ai.coreason.enclave.web.Roles;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The API's own description. */
@Path("openapi")
@RequestScoped
@Tag(name = "federation")
@SecurityRequirement(name = "token")
@RolesAllowed({Roles.FOUNDRY, Roles.OPERATOR, Roles.AUDITOR})
public class OpenApiResource {
    /** The description. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "This description, OpenAPI 3.1")
    public Response description() throws IOException {
        try (InputStream in = OpenApiResource.class.getResourceAsStream("/openapi/openapi.json")) {
            return Response.ok(in.readAllBytes()).build();
        }
    }
}
