package ai.coreason.enclave.web.ledger;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.LedgerKey;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.audit.LedgerExport;
import ai.coreason.enclave.web.Roles;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The mirrored ledgers, for auditors. */
@Path("ledger")
@RequestScoped
@Tag(name = "audit")
@SecurityRequirement(name = "token")
@RolesAllowed({Roles.AUDITOR, Roles.OPERATOR})
public class LedgerResource {
    @Inject
    private LedgerMirror mirror;

    @Inject
    private LedgerKey key;

    /** For the container. */
    public LedgerResource() {}

    /** A resource outside of a server. */
    LedgerResource(LedgerMirror mirror, LedgerKey key) {
        this.mirror = mirror;
        this.key = key;
    }

    /** Exports charges. */
    @GET
    @Operation(
            summary = "Export the ledger, one row a charge",
            description =
                    "JSON with registrations, heads, a DpEvent tree a dataset and job, the certificates that signed the"
                            + " rows, and the Overseer's signature; or CSV with the rows alone.")
    public Response export(
            @QueryParam("dataset") @DefaultValue("") String dataset,
            @QueryParam("node") @DefaultValue("") String node,
            @QueryParam("format") @DefaultValue("json") String format) {
        List<DatasetAccount> ofDataset = chosen(
                "dataset", dataset, a -> a.dataset().datasetId(), mirror.accounts(), "a dataset that is registered");
        List<DatasetAccount> accounts = chosen(
                "node",
                node,
                DatasetAccount::source,
                ofDataset,
                "a node that registered " + (dataset.isEmpty() ? "one" : dataset));
        return switch (format) {
            case "json" ->
                Response.ok(json(accounts)).type(MediaType.APPLICATION_JSON).build();
            case "csv" ->
                Response.ok(csv(accounts)).type("text/csv;charset=UTF-8").build();
            default -> throw InvalidDocument.at("format", "json or csv", format);
        };
    }

    /** Those of a name, or all where none is asked for. A name that none has is refused: an export without it would verify all the same. */
    private static List<DatasetAccount> chosen(
            String field,
            String name,
            Function<DatasetAccount, String> of,
            List<DatasetAccount> accounts,
            String expected) {
        if (name.isEmpty()) {
            return accounts;
        }
        List<DatasetAccount> chosen =
                accounts.stream().filter(a -> of.apply(a).equals(name)).toList();
        if (chosen.isEmpty()) {
            throw InvalidDocument.at(field, expected, name);
        }
        return chosen;
    }

    private ObjectNode json(List<DatasetAccount> accounts) {
        LedgerExport export = new LedgerExport(Instant.now().truncatedTo(ChronoUnit.MILLIS), key.authority());
        for (DatasetAccount a : accounts) {
            List<ChargeRow> rows = rows(a);
            export.add(a.source(), a.dataset(), rows, mirror.signers(rows));
        }
        return export.signed(key.seal());
    }

    private String csv(List<DatasetAccount> accounts) {
        return LedgerCsv.of(accounts.stream()
                .flatMap(a -> rows(a).stream())
                .map(ChargeRow::json)
                .toList());
    }

    private List<ChargeRow> rows(DatasetAccount a) {
        return mirror.rows(a.source(), a.dataset().datasetId());
    }
}
