package ai.coreason.enclave.web.node;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.web.security.InQuarantine;
import ai.coreason.enclave.web.security.NodeCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Tells a data owner's node how it was judged. */
@Path("attestation")
@RequestScoped
@NodeCall
@Tag(name = "node")
@SecurityRequirement(name = "certificate")
@Produces(MediaType.APPLICATION_JSON)
public class AttestationResource {
    @Inject
    private NodeRegistry nodes;

    /** For the container. */
    public AttestationResource() {}

    /** A resource outside of a server. */
    AttestationResource(NodeRegistry nodes) {
        this.nodes = nodes;
    }

    /** The caller's own report, in quarantine too. */
    @GET
    @InQuarantine
    @Operation(summary = "Read the verifier's finding about the calling node")
    public Response own(@Context SecurityContext caller) {
        String nodeId = caller.getUserPrincipal().getName();
        return Response.ok(Json.read(nodes.find(nodeId).orElseThrow().report())).build();
    }
}
