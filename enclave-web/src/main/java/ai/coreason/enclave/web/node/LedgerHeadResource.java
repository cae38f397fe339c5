package ai.coreason.enclave.web.node;

import ai.coreason.enclave.overseer.intake.LedgerDesk;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.json.JsonFields;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.problem.JsonBody;
import ai.coreason.enclave.web.problem.Problem;
import ai.coreason.enclave.web.security.NodeCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Keeps the mirror of a node's ledger whole: what is mirrored, and the rows that are not yet. */
@Path("ledger-heads/{dataset_id}")
@RequestScoped
@NodeCall
@Tag(name = "node")
@SecurityRequirement(name = "certificate")
@Produces(MediaType.APPLICATION_JSON)
public class LedgerHeadResource {
    @Inject
    private LedgerDesk desk;

    @PathParam("dataset_id")
    private String datasetId;

    @Context
    private SecurityContext caller;

    /** Tells how far the ledger is mirrored. */
    @GET
    @Operation(summary = "The last mirrored row of the node's dataset")
    public Response head() {
        DatasetAccount account = desk.account(node(), datasetId)
                .orElseThrow(() -> Problem.exception(
                        ProblemType.NOT_FOUND, "dataset_id: expected a dataset that " + node() + " registered"));
        return Response.ok(Json.object()
                        .put("sequence", account.sequence())
                        .put("hash", account.head())
                        .put("genesis", account.dataset().genesis()))
                .build();
    }

    /** Takes the rows that follow. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Hand in ledger rows that are not mirrored yet, in sequence")
    @APIResponse(responseCode = "204", description = "Mirrored")
    @APIResponse(responseCode = "409", description = "A row does not follow the mirrored head")
    public Response rows(InputStream body) throws IOException {
        JsonFields f = JsonFields.of(JsonBody.read(body), "");
        List<ChargeRow> rows = f.list("rows", "an array of ledger rows", ChargeRow::parse);
        f.end();
        Optional<String> fault = desk.mirror(node(), datasetId, rows);
        if (fault.isPresent()) {
            throw Problem.exception(ProblemType.ILLEGAL_STATE, fault.get());
        }
        return Response.noContent().build();
    }

    private String node() {
        return caller.getUserPrincipal().getName();
    }
}
