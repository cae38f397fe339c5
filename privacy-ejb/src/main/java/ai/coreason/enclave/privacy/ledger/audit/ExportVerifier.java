package ai.coreason.enclave.privacy.ledger.audit;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.privacy.ledger.LedgerDocument;
import ai.coreason.enclave.privacy.ledger.LedgerHead;
import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies an export offline: the signatures of the Overseer and of the nodes up to one authority, the chains, every ε by
 * this product's own accountants, the limits, and countersigned heads that the auditor got elsewhere. Pure and
 * thread-safe.
 */
public final class ExportVerifier {
    private ExportVerifier() {}

    /** One dataset of an export, as it was read. */
    public record Entry(
            String nodeId, Dataset dataset, long sequence, String head, List<ChargeRow> rows, JsonNode document) {}

    /**
     * An export as it was read, not verified.
     *
     * @param authority the authority that the export names
     * @param certificates by fingerprint
     */
    public record Export(
            ObjectNode document,
            X509Certificate authority,
            Map<String, X509Certificate> certificates,
            List<Entry> entries) {
        /** The entry of a node's dataset. */
        public Optional<Entry> entry(String nodeId, String datasetId) {
            return entries.stream()
                    .filter(e ->
                            e.nodeId().equals(nodeId) && e.dataset().datasetId().equals(datasetId))
                    .findFirst();
        }
    }

    /**
     * Reads an export.
     *
     * @throws InvalidDocument if it is not one; the message names the member
     */
    public static Export read(JsonNode document) {
        JsonFields f = JsonFields.of(document, "");
        f.text("format", LedgerExport.FORMAT, LedgerExport.FORMAT::equals);
        Map<String, X509Certificate> certificates = new LinkedHashMap<>();
        f.object("certificates")
                .rest()
                .forEach((name, value) -> certificates.put(name, certificate(value.asText(), "certificates." + name)));
        List<ChargeRow> rows = f.list("rows", "an array of ledger rows", ChargeRow::parse);
        List<Entry> entries = new ArrayList<>();
        for (JsonFields d : f.objects("datasets")) {
            String nodeId = d.text("node_id");
            Dataset dataset = Dataset.parse(d);
            entries.add(new Entry(
                    nodeId,
                    dataset,
                    d.whole("sequence", 0, Long.MAX_VALUE),
                    d.text("head"),
                    rows.stream()
                            .filter(r -> r.request().nodeId().equals(nodeId)
                                    && r.dataset().datasetId().equals(dataset.datasetId()))
                            .toList(),
                    document.path("datasets").get(entries.size())));
        }
        return new Export(
                (ObjectNode) document,
                certificate(f.block("ca", "a certificate in PEM", s -> !s.isBlank()), "ca"),
                certificates,
                entries);
    }

    /**
     * Verifies an export.
     *
     * @param pinned the authorities that the auditor knows; without them the export's own is believed, and the verdict
     *     says so
     * @param heads countersigned heads from elsewhere, such as the nodes
     */
    public static Verdict verify(Export export, Optional<List<X509Certificate>> pinned, List<JsonNode> heads) {
        LedgerTrust trust = LedgerTrust.of(pinned.orElse(List.of(export.authority())));
        List<String> faults = new ArrayList<>();
        try {
            trust.require(LedgerDocument.EXPORT, export.document());
        } catch (InvalidDocument e) {
            faults.add("the export: " + e.getMessage());
        }
        faults.addAll(FormCheck.faults(export));
        Set<String> seen = new HashSet<>();
        long filed = 0;
        List<LedgerHead> known = heads(heads, trust, faults);
        JobTerms terms = new JobTerms();
        List<Verdict.OfDataset> datasets = new ArrayList<>();
        for (Entry e : export.entries()) {
            if (!seen.add(e.nodeId() + "/" + e.dataset().datasetId())) {
                faults.add("dataset " + e.dataset().datasetId() + " of " + e.nodeId() + " stands twice");
            }
            filed += e.rows().size();
            faults.addAll(terms.faults(e));
            datasets.add(new DatasetAudit(e, export.certificates(), trust, known).verdict());
        }
        long all = export.document().path("rows").size();
        if (filed != all) {
            faults.add(all - filed + " rows belong to no dataset of the export");
        }
        known.stream()
                .filter(h -> export.entry(h.nodeId(), h.datasetId()).isEmpty())
                .forEach(h -> faults.add("dataset " + h.datasetId() + " of " + h.nodeId()
                        + " has a countersigned head and is not in the export"));
        String authority = LedgerCertificates.fingerprint(export.authority());
        boolean isPinned = pinned.isPresent()
                && pinned.get().stream()
                        .anyMatch(c -> LedgerCertificates.fingerprint(c).equals(authority));
        if (pinned.isPresent() && !isPinned) {
            faults.add("ca: expected an authority that was given, got the one with fingerprint " + authority);
        }
        return new Verdict(authority, isPinned, datasets, faults);
    }

    private static List<LedgerHead> heads(List<JsonNode> documents, LedgerTrust trust, List<String> faults) {
        List<LedgerHead> heads = new ArrayList<>();
        for (JsonNode document : documents) {
            try {
                heads.add(LedgerHead.verified(document, trust));
            } catch (InvalidDocument e) {
                faults.add("a countersigned head: " + e.getMessage());
            }
        }
        return heads;
    }

    /** A text's first certificate. */
    static Optional<X509Certificate> certificateOf(JsonNode pem) {
        try {
            return Optional.of(LedgerCertificates.parse(pem.asText()).get(0));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static X509Certificate certificate(String pem, String at) {
        try {
            return LedgerCertificates.parse(pem).get(0);
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at(at, "a certificate in PEM", "another value");
        }
    }
}
