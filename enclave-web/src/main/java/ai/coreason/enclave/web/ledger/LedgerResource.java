package ai.coreason.enclave.web.ledger;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.LedgerKey;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.audit.LedgerExport;
import ai.coreason.enclave.web.Roles;
import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
        List<DatasetAccount> accounts = mirror.accounts().stream()
                .filter(a -> dataset.isEmpty() || a.dataset().datasetId().equals(dataset))
                .filter(a -> node.isEmpty() || a.source().equals(node))
                .toList();
        return switch (format) {
            case "json" ->
                Response.ok(json(accounts)).type(MediaType.APPLICATION_JSON).build();
            case "csv" ->
                Response.ok(csv(accounts)).type("text/csv;charset=UTF-8").build();
            default -> throw InvalidDocument.at("format", "json or csv", format);
        };
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
        List<ObjectNode> rows = accounts.stream()
                .flatMap(a -> rows(a).stream())
                .map(ChargeRow::json)
                .toList();
        Set<String> columns = new LinkedHashSet<>();
        rows.forEach(r -> r.properties().forEach(e -> columns.add(e.getKey())));
        StringBuilder out = new StringBuilder();
        if (!rows.isEmpty()) {
            out.append(String.join(",", columns)).append("\r\n");
        }
        for (ObjectNode row : rows) {
            out.append(columns.stream().map(c -> cell(row.path(c))).collect(Collectors.joining(",")))
                    .append("\r\n");
        }
        return out.toString();
    }

    private List<ChargeRow> rows(DatasetAccount a) {
        return mirror.rows(a.source(), a.dataset().datasetId());
    }

    /** RFC 4180, with a quote in front of what a spreadsheet would take for a formula. */
    private static String cell(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "";
        }
        if (!value.isTextual()) {
            return value.isContainerNode() ? quoted(value.toString()) : value.asText();
        }
        String text = value.textValue();
        boolean formula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
        return quoted(formula ? "'" + text : text);
    }

    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9_.:-]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
