package ai.coreason.enclave.web.node;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.overseer.update.LedgerDesk;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.problem.JsonBody;
import ai.coreason.enclave.web.problem.Problem;
import ai.coreason.enclave.web.security.NodeCall;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
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
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Keeps the mirror of a node's ledger whole, and countersigns how far it goes. */
@Path("ledger-heads/{dataset_id}")
@RequestScoped
@NodeCall
@Tag(name = "node")
@SecurityRequirement(name = "certificate")
@Produces(MediaType.APPLICATION_JSON)
public class LedgerHeadResource {
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";
    private static final String NONCE = "64 lower-case hex digits";

    @Inject
    private LedgerDesk desk;

    @Context
    private HttpServletRequest request;

    @PathParam("dataset_id")
    private String datasetId;

    @Context
    private SecurityContext caller;

    /** For the container. */
    public LedgerHeadResource() {}

    /** A resource outside of a server. */
    LedgerHeadResource(LedgerDesk desk, HttpServletRequest request, String datasetId, SecurityContext caller) {
        this.desk = desk;
        this.request = request;
        this.datasetId = datasetId;
        this.caller = caller;
    }

    /** Tells how far the ledger is mirrored, and remembers with which certificate the node signs from now on. */
    @GET
    @Operation(summary = "The last mirrored row of the node's dataset, countersigned over the node's nonce")
    public Response head(@QueryParam("nonce") @DefaultValue("") String nonce) {
        if (!isNonce(nonce)) {
            throw Problem.exception(ProblemType.INVALID_DOCUMENT, "nonce: expected " + NONCE + ", got another");
        }
        desk.know(node(), ((X509Certificate[]) request.getAttribute(CERTIFICATES))[0]);
        return head(node(), nonce);
    }

    /** Takes the rows that follow. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Hand in ledger rows that are not mirrored yet, in sequence",
            description = "The first " + LedgerDesk.MOST_ROWS + " are taken; the head in the answer tells how far.")
    @APIResponse(responseCode = "200", description = "Mirrored; the countersigned head after them")
    @APIResponse(responseCode = "409", description = "A row does not follow the mirrored head")
    @APIResponse(responseCode = "503", description = "Another such call of the node is under way; see Retry-After")
    public Response rows(InputStream body) throws IOException {
        JsonFields f = JsonFields.of(JsonBody.read(body), "");
        List<ChargeRow> rows = f.list("rows", "an array of ledger rows", ChargeRow::parse);
        List<X509Certificate> certificates = f.has("certificates")
                ? f.list("certificates", "an array of certificates in PEM", LedgerHeadResource::certificate)
                : List.of();
        String nonce = f.text("nonce", NONCE, LedgerHeadResource::isNonce);
        f.end();
        Optional<String> fault = desk.mirror(node(), datasetId, rows, certificates);
        if (fault.isPresent()) {
            throw Problem.exception(ProblemType.ILLEGAL_STATE, fault.get());
        }
        return head(node(), nonce);
    }

    private Response head(String nodeId, String nonce) {
        return Response.ok(desk.countersigned(nodeId, datasetId, nonce)
                        .orElseThrow(() -> Problem.exception(
                                ProblemType.NOT_FOUND,
                                "dataset_id: expected a dataset that " + nodeId + " registered")))
                .build();
    }

    private static boolean isNonce(String text) {
        return text.matches("[0-9a-f]{64}");
    }

    private static X509Certificate certificate(JsonNode value, String at) {
        try {
            return LedgerCertificates.parse(value.asText()).get(0);
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at(at, "a certificate in PEM", "another value");
        }
    }

    private String node() {
        return caller.getUserPrincipal().getName();
    }
}
