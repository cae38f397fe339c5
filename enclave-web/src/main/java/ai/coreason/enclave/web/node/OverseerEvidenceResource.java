package ai.coreason.enclave.web.node;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.overseer.trust.OverseerEvidence;
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
import java.util.Base64;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Shows the Overseer's own evidence, before a node has sent anything of itself. */
@Path("overseer-evidence")
@RequestScoped
@Tag(name = "node")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class OverseerEvidenceResource {
    private static final int NONCE = 32;

    @Inject
    private OverseerEvidence evidence;

    /** For the container. */
    public OverseerEvidenceResource() {}

    /** A resource outside of a server. */
    OverseerEvidenceResource(OverseerEvidence evidence) {
        this.evidence = evidence;
    }

    /** Answers a node's nonce. */
    @POST
    @Operation(
            summary = "Get the Overseer's evidence over the caller's nonce",
            description =
                    "Bound to the TLS key of this connection: compare tls_spki_sha384 with the certificate shown.")
    @APIResponse(responseCode = "200", description = "Evidence")
    @APIResponse(responseCode = "404", description = "No hardware vouches for this Overseer")
    @APIResponse(responseCode = "503", description = "Too many are asking at once")
    public Response attest(InputStream body) throws IOException {
        JsonFields f = JsonFields.of(JsonBody.read(body), "");
        String nodeId = f.identifier("node_id");
        byte[] nonce = Formats.base64(f, "nonce", NONCE, NONCE);
        f.end();
        try {
            return evidence.attest(nodeId, Base64.getEncoder().encodeToString(nonce))
                    .map(e -> Response.ok(e.json()).build())
                    .orElseGet(() -> Problem.response(
                            ProblemType.NOT_FOUND, "overseer-evidence: expected hardware that vouches, got none"));
        } catch (OverseerEvidence.Busy e) {
            return Problem.response(ProblemType.UNAVAILABLE, "overseer-evidence: too many are asking; ask again later");
        }
    }
}
