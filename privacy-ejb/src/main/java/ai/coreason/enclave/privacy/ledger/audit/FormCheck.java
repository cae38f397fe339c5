package ai.coreason.enclave.privacy.ledger.audit;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.privacy.ledger.RowSignature;
import com.fasterxml.jackson.databind.JsonNode;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What of an export is not in its one form: members that do not belong, rows written otherwise or in another order,
 * certificates that nobody needs or that are not what they are filed as. Used once.
 */
final class FormCheck {
    private static final Set<String> MEMBERS =
            Set.of("format", "time", "datasets", "rows", "certificates", "ca", "signer", "signature");

    private final ExportVerifier.Export export;
    private final List<String> faults = new ArrayList<>();

    private FormCheck(ExportVerifier.Export export) {
        this.export = export;
    }

    static List<String> faults(ExportVerifier.Export export) {
        FormCheck check = new FormCheck(export);
        check.members();
        check.rows();
        check.certificates();
        return check.faults;
    }

    private void members() {
        Set<String> names = new TreeSet<>();
        export.document().fieldNames().forEachRemaining(names::add);
        if (!names.equals(MEMBERS)) {
            faults.add("the export: expected the members " + new TreeSet<>(MEMBERS) + ", got " + names);
        }
        try {
            Instant.parse(export.document().path("time").asText());
        } catch (DateTimeParseException e) {
            faults.add("time: expected an RFC 3339 UTC time, got "
                    + export.document().path("time"));
        }
    }

    private void rows() {
        JsonNode came = export.document().path("rows");
        List<String> inOrder = new ArrayList<>();
        for (int i = 0; i < came.size(); i++) {
            ChargeRow row = ChargeRow.parse(came.get(i), "rows[" + i + "]");
            inOrder.add(row.hash());
            if (!Arrays.equals(Json.canonical(row.json()), Json.canonical(came.get(i)))) {
                faults.add("rows[" + i + "]: expected all members of a row, each in its one form, got another text");
            }
        }
        List<String> filed = export.entries().stream()
                .flatMap(e -> e.rows().stream().map(ChargeRow::hash))
                .toList();
        if (!filed.equals(inOrder) && filed.size() == inOrder.size()) {
            faults.add("rows: expected them in the order of datasets, got another");
        }
    }

    private void certificates() {
        Set<String> signers = export.entries().stream()
                .flatMap(e -> e.rows().stream())
                .map(ChargeRow::signature)
                .flatMap(Optional::stream)
                .map(RowSignature::signer)
                .collect(Collectors.toSet());
        JsonNode texts = export.document().path("certificates");
        export.certificates().forEach((name, certificate) -> {
            if (!signers.contains(name)) {
                faults.add("certificates." + name + ": expected those that signed rows, got one more");
            }
            if (!LedgerCertificates.fingerprint(certificate).equals(name)) {
                faults.add("certificates." + name + ": expected the certificate of that fingerprint, got another");
            }
            oneForm("certificates." + name, texts.path(name), certificate);
        });
        oneForm("ca", export.document().path("ca"), export.authority());
        ExportVerifier.certificateOf(export.document().path("signer"))
                .ifPresent(c -> oneForm("signer", export.document().path("signer"), c));
    }

    private void oneForm(String at, JsonNode text, X509Certificate certificate) {
        if (!LedgerCertificates.pem(certificate).equals(text.asText())) {
            faults.add(at + ": expected one certificate in PEM and nothing else, got another text");
        }
    }
}
