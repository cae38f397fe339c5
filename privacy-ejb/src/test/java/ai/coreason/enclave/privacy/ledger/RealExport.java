package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.ledger.audit.LedgerExport;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * An export of two nodes' three ledgers: jobs of several rounds, a second attempt, a job that released metrics, charges in
 * every state, one without noise on public records and one after it, and one that a recovery carried over.
 */
public final class RealExport implements AutoCloseable {
    private static final Dataset HEART = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 85, 1e-3, 5.0, false);
    private static final Dataset OPEN = new Dataset("owner_va", "open", PrivacyUnit.RECORD, 85, 1e-3, 4.0, true);
    private static final Dataset LUNG =
            new Dataset("owner_b", "lung", new PrivacyUnit("patient", 4), 300, 1e-4, 5.0, false);
    private static final Phase ROUND = new Phase(16.0 / 85, 3, 5);

    private final LedgerAuthority federation = new LedgerAuthority("federation");
    private final LedgerSeal seal = federation.seal();
    private final LedgerDatabase va;
    private final LedgerDatabase b;

    public RealExport(Path folder) {
        va = new LedgerDatabase(folder.resolve("va"));
        b = new LedgerDatabase(folder.resolve("b"));
        RowSigner first = federation.node("node_va");
        RowSigner later = federation.node("node_va");
        LedgerGuard guard = federation.guard("heart", "open");
        book(va, guard, l -> l.register(HEART, "heart.csv"));
        book(va, guard, l -> l.register(OPEN, "open.csv"));
        charge(va, guard, HEART, "job-1", 1, 1, Optional.of(ROUND), first);
        book(va, guard, l -> l.commit("heart", new AttemptKey("job-1", 1, 1)));
        charge(va, guard, HEART, "job-1", 2, 1, Optional.of(ROUND), first);
        book(va, guard, l -> {
            l.expire("heart", new AttemptKey("job-1", 2, 1));
            return null;
        });
        charge(va, guard, HEART, "job-1", 2, 2, Optional.of(ROUND), later);
        // As with two metrics of four times the gradient's noise.
        Phase withMetrics = new Phase(16.0 / 85, 3 / Math.sqrt(1 + 2.0 / 16), 5);
        charge(va, guard, HEART, "job-2", 1, 1, Optional.of(withMetrics), later);
        charge(va, guard, OPEN, "job-3", 1, 1, Optional.empty(), later);
        charge(va, guard, OPEN, "job-1", 1, 1, Optional.of(ROUND), later);
        lung();
    }

    private void lung() {
        RowSigner signer = federation.node("node_b");
        LedgerGuard guard = federation.guard("lung");
        book(b, guard, l -> l.register(LUNG, "lung.csv"));
        Optional<Phase> round = Optional.of(new Phase(0.1, 2, 10));
        charge(b, guard, LUNG, "job-1", 1, 1, round, signer);
        ChargeRequest request = request(LUNG, "job-1", 2, 1, round, "node_b");
        ChargeRow lost = ChargeRow.chain(
                2,
                Instant.parse("2026-11-24T00:00:00Z"),
                LUNG,
                request,
                ChargeRule.spending(LUNG, rows(b, "lung"), request),
                rows(b, "lung").get(0).hash(),
                signer);
        b.inTransaction(em -> {
            em.persist(new CarriedCharge("lung", lost));
            return null;
        });
        book(b, guard, l -> l.chainCarried("lung", signer));
    }

    private static <T> T book(LedgerDatabase database, LedgerGuard guard, Function<LedgerBook, T> work) {
        return database.inTransaction(em -> work.apply(new LedgerBook(em, Clock.systemUTC(), guard)));
    }

    private static void charge(
            LedgerDatabase database,
            LedgerGuard guard,
            Dataset dataset,
            String job,
            long round,
            long attempt,
            Optional<Phase> phase,
            RowSigner signer) {
        ChargeRequest request = request(
                dataset,
                job,
                round,
                attempt,
                phase,
                LedgerCertificates.nodeId(signer.certificate()).orElseThrow());
        BudgetDecision decision = book(database, guard, l -> l.reserve(request, signer));
        if (!(decision instanceof BudgetDecision.Reserved)) {
            throw new IllegalStateException(decision.toString());
        }
    }

    private static ChargeRequest request(
            Dataset dataset, String job, long round, long attempt, Optional<Phase> phase, String node) {
        return new ChargeRequest(
                dataset.datasetId(),
                new AttemptKey(job, round, attempt),
                "a".repeat(64),
                node,
                phase,
                1.0,
                16,
                3.0,
                dataset.delta(),
                "b".repeat(64),
                "c".repeat(64));
    }

    private static List<ChargeRow> rows(LedgerDatabase database, String dataset) {
        return database.inTransaction(em -> new LedgerBook(em, Clock.systemUTC(), new LedgerGuard()).rows(dataset));
    }

    /** The export, signed. */
    public ObjectNode document() {
        LedgerExport export = new LedgerExport(SampleLedger.TIME, authority());
        add(export, b, LUNG, "node_b");
        add(export, va, HEART, "node_va");
        add(export, va, OPEN, "node_va");
        return export.signed(seal);
    }

    private static void add(LedgerExport export, LedgerDatabase database, Dataset dataset, String node) {
        List<ChargeRow> rows = rows(database, dataset.datasetId());
        export.add(node, dataset, rows, database.inTransaction(em -> new Signers(em).of(rows)));
    }

    /** Signs a changed export, as an Overseer that lies would. */
    public ObjectNode resign(ObjectNode export) {
        export.remove("signature");
        return seal.sign(LedgerDocument.EXPORT, export);
    }

    public X509Certificate authority() {
        return federation.certificate();
    }

    @Override
    public void close() {
        va.close();
        b.close();
    }
}
