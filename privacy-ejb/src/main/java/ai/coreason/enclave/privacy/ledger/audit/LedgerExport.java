package ai.coreason.enclave.privacy.ledger.audit;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.accounting.KeptLosses;
import ai.coreason.enclave.privacy.accounting.RdpAccountant;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Meaning;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.EpsilonMeaning;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.privacy.ledger.LedgerDocument;
import ai.coreason.enclave.privacy.ledger.LedgerSeal;
import ai.coreason.enclave.privacy.ledger.Phases;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An export of mirrored ledgers: registrations with their heads and DpEvent trees, all rows, the certificates that signed
 * them, the federation's authority, and the Overseer's signature over the whole. Not thread-safe.
 */
public final class LedgerExport {
    /** The name of the format. */
    public static final String FORMAT = "coreason.ledger/v1";

    private final ObjectNode out = Json.object();
    private final ArrayNode datasets;
    private final ArrayNode rows;
    private final ObjectNode certificates;

    /** An empty export. */
    public LedgerExport(Instant time, X509Certificate authority) {
        out.put("format", FORMAT).put("time", time.toString());
        datasets = out.putArray("datasets");
        rows = out.putArray("rows");
        certificates = out.putObject("certificates");
        out.put("ca", LedgerCertificates.pem(authority));
    }

    /** Adds the whole ledger of a node's dataset. */
    public void add(String nodeId, Dataset dataset, List<ChargeRow> charges, Map<String, X509Certificate> signers) {
        datasets.add(entry(nodeId, dataset, charges));
        charges.forEach(r -> rows.add(r.json()));
        signers.forEach((fingerprint, c) -> certificates.put(fingerprint, LedgerCertificates.pem(c)));
    }

    /** What an export says of a dataset beside its rows; all of it follows from them. */
    static ObjectNode entry(String nodeId, Dataset dataset, List<ChargeRow> charges) {
        ObjectNode o = Json.object().put("node_id", nodeId);
        o.setAll(dataset.json());
        o.put("genesis", dataset.genesis())
                .put("sequence", charges.size())
                .put(
                        "head",
                        charges.isEmpty()
                                ? dataset.genesis()
                                : charges.get(charges.size() - 1).hash());
        boolean meanings = charges.stream().anyMatch(r -> r.spending().meaning().isPresent());
        if (meanings) {
            held(o, dataset, charges);
        }
        figure(o, charges, r -> true, dataset.delta());
        ArrayNode jobs = o.putArray("jobs");
        lastOfEachJob(charges).forEach((id, last) -> {
            ObjectNode job = jobs.addObject()
                    .put("job_id", id)
                    .put("delta", last.request().jobDelta())
                    .put("limit", last.request().jobLimit());
            if (meanings) {
                job.put(
                        "epsilon_meaning",
                        last.spending()
                                .meaning()
                                .map(Meaning::job)
                                .orElse(EpsilonMeaning.HINDSIGHT)
                                .name());
            }
            figure(
                    job,
                    charges,
                    r -> r.request().key().jobId().equals(id),
                    last.request().jobDelta());
        });
        return o;
    }

    /** What the figures beside it mean, and the ε that holds for jobs chosen on the way: the filter's. */
    private static void held(ObjectNode o, Dataset dataset, List<ChargeRow> charges) {
        boolean unprotected = charges.stream().anyMatch(r -> r.request().phase().isEmpty());
        o.put("epsilon_meaning", (unprotected ? EpsilonMeaning.NONE : EpsilonMeaning.HINDSIGHT).name());
        if (unprotected) {
            o.putNull("epsilon_filter");
        } else {
            double spent = charges.get(charges.size() - 1).spending().filterSpentAfter();
            o.put("epsilon_filter", dataset.filter().epsilon(spent));
        }
    }

    /** The document, signed. */
    public ObjectNode signed(LedgerSeal seal) {
        return seal.sign(LedgerDocument.EXPORT, out);
    }

    private static void figure(ObjectNode o, List<ChargeRow> charges, Predicate<ChargeRow> which, double delta) {
        boolean unprotected =
                charges.stream().filter(which).anyMatch(r -> r.request().phase().isEmpty());
        var phases = Phases.with(charges, which, Optional.empty());
        if (unprotected) {
            o.putNull("epsilon_rdp").putNull("epsilon_pld");
        } else {
            o.put("epsilon_rdp", RdpAccountant.epsilon(phases, delta).epsilon())
                    .put("epsilon_pld", KeptLosses.pld(phases, delta).epsilon());
        }
        o.set("dp_event", DpEvents.composed(phases, unprotected));
    }

    private static Map<String, ChargeRow> lastOfEachJob(List<ChargeRow> charges) {
        Map<String, ChargeRow> last = new LinkedHashMap<>();
        charges.forEach(r -> last.put(r.request().key().jobId(), r));
        return last;
    }
}
