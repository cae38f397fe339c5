package ai.coreason.enclave.privacy.ledger.audit;

import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.ledger.ChainCheck;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import ai.coreason.enclave.privacy.ledger.ChargesSoFar;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.LedgerHead;
import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import ai.coreason.enclave.privacy.ledger.Phases;
import ai.coreason.enclave.privacy.ledger.RowFigures;
import ai.coreason.enclave.privacy.ledger.RowSignature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/** The audit of one dataset's rows. Used once. */
final class DatasetAudit {
    private final ExportVerifier.Entry entry;
    private final Map<String, X509Certificate> certificates;
    private final LedgerTrust trust;
    private final List<LedgerHead> heads;
    private final List<String> faults = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final ChargesSoFar before;

    DatasetAudit(
            ExportVerifier.Entry entry,
            Map<String, X509Certificate> certificates,
            LedgerTrust trust,
            List<LedgerHead> heads) {
        this.entry = entry;
        this.certificates = certificates;
        this.trust = trust;
        this.heads = heads;
        this.before = new ChargesSoFar(entry.dataset());
    }

    Verdict.OfDataset verdict() {
        Dataset dataset = entry.dataset();
        chain();
        heads.stream()
                .filter(h -> h.nodeId().equals(entry.nodeId()) && h.datasetId().equals(dataset.datasetId()))
                .forEach(this::head);
        EntryCheck.faults(entry, entry.document()).forEach(f -> faults.add("ENTRY: " + f));
        for (ChargeRow row : entry.rows()) {
            figures(row);
            before.add(row);
        }
        Map<String, ChargeRow> last = new LinkedHashMap<>();
        entry.rows().forEach(r -> last.put(r.request().key().jobId(), r));
        List<Verdict.OfJob> jobs = last.entrySet().stream()
                .map(e -> new Verdict.OfJob(
                        e.getKey(),
                        epsilon(ofJob(e.getKey()), e.getValue().request().jobDelta()),
                        e.getValue().request().jobDelta(),
                        e.getValue().request().jobLimit()))
                .toList();
        return new Verdict.OfDataset(
                entry.nodeId(),
                dataset.datasetId(),
                dataset.dataOwner(),
                entry.rows().size(),
                epsilon(r -> true, dataset.delta()),
                dataset.delta(),
                dataset.ceiling(),
                jobs,
                faults,
                notes);
    }

    private void chain() {
        ChainCheck check = new ChainCheck(entry.dataset(), this::signer, ChainCheck.Position.genesis(entry.dataset()));
        for (ChargeRow row : entry.rows()) {
            Optional<ChainCheck.Break> broken = check.next(row);
            if (broken.isPresent()) {
                faults.add(broken.get().kind() + ": " + broken.get().what());
                return;
            }
        }
        ChainCheck.Position end = check.position();
        if (end.sequence() != entry.sequence() || !end.hash().equals(entry.head())) {
            faults.add("ROW_MISSING: the export names row " + entry.sequence() + ", hash " + entry.head()
                    + " as the last; the rows end with row " + end.sequence() + ", hash " + end.hash());
        }
    }

    private Optional<X509Certificate> signer(RowSignature signature) {
        return Optional.ofNullable(certificates.get(signature.signer()))
                .filter(c -> trust.node(c).filter(entry.nodeId()::equals).isPresent());
    }

    private void head(LedgerHead head) {
        int rows = entry.rows().size();
        if (head.sequence() > rows) {
            faults.add("ROLLED_BACK: row " + head.sequence() + " was countersigned at " + head.time()
                    + ", the export ends with row " + rows);
            return;
        }
        String own = head.sequence() == 0
                ? entry.dataset().genesis()
                : entry.rows().get((int) head.sequence() - 1).hash();
        if (!own.equals(head.hash())) {
            faults.add("FORKED: row " + head.sequence() + " was countersigned with hash " + head.hash()
                    + ", in the export it has " + own);
        } else {
            notes.add("the head countersigned at " + head.time() + " is row " + head.sequence() + "; "
                    + (rows - head.sequence()) + " rows follow it");
        }
    }

    private void figures(ChargeRow row) {
        if (row.request().phase().isEmpty()) {
            unprotected(row);
        }
        String name = "row " + row.sequence();
        RowFigures.faults(before, row).forEach(f -> faults.add("FIGURE: " + name + ": " + f));
        state(row);
        List<String> limits = new ArrayList<>();
        if (before.charged(row.request().key())) {
            limits.add("REPEATED: " + name + " charges an attempt again");
        }
        RowFigures.objection(before, row).ifPresent(o -> limits.add("PINNED: " + name + ": " + o));
        RowFigures.limit(row).ifPresent(l -> limits.add("LIMIT: " + name + " " + l));
        if (row.recoveredFrom().isPresent()) {
            limits.forEach(l -> notes.add(l + ": it was spent on a branch that a recovery gave up"));
        } else {
            faults.addAll(limits);
        }
    }

    private void state(ChargeRow row) {
        boolean unprotected = row.state() == ChargeState.UNPROTECTED;
        if (unprotected != row.request().phase().isEmpty()) {
            faults.add("STATE: row " + row.sequence() + " is " + row.state());
        }
    }

    private void unprotected(ChargeRow row) {
        String what = "row " + row.sequence() + " is UNPROTECTED: no noise, no bound";
        if (row.dataset().open()) {
            notes.add(what + "; the owner declared the records public");
        } else {
            faults.add(what + ", and the owner did not declare the records public");
        }
    }

    private Predicate<ChargeRow> ofJob(String id) {
        return r -> r.request().key().jobId().equals(id);
    }

    private OptionalDouble epsilon(Predicate<ChargeRow> which, double delta) {
        boolean unprotected = entry.rows().stream()
                .filter(which)
                .anyMatch(r -> r.request().phase().isEmpty());
        return unprotected
                ? OptionalDouble.empty()
                : OptionalDouble.of(PlanAccountant.epsilon(Phases.with(entry.rows(), which, Optional.empty()), delta)
                        .epsilon());
    }
}
