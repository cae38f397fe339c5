package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.overseer.enrolment.LedgerKey;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerHead;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.annotation.Resource;
import jakarta.ejb.SessionContext;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Takes ledger rows that came without an update: of attempts that expired, and of a mirror that is behind. */
@Stateless
public class LedgerDesk {
    @Inject
    private LedgerMirror mirror;

    @Inject
    private AuditLog audit;

    @Inject
    private KnownTerms terms;

    @Inject
    private LedgerKey key;

    @Resource
    private SessionContext context;

    /** For the container. */
    public LedgerDesk() {}

    /** A desk outside of a server, for rows without certificates. */
    LedgerDesk(LedgerMirror mirror, KnownTerms terms, AuditLog audit) {
        this.mirror = mirror;
        this.terms = terms;
        this.audit = audit;
    }

    /** What is mirrored of a node's dataset. */
    public Optional<DatasetAccount> account(String nodeId, String datasetId) {
        return mirror.account(nodeId, datasetId);
    }

    /** Remembers the certificate that a node calls with, as one that may sign its rows. */
    public void know(String nodeId, X509Certificate certificate) {
        mirror.know(nodeId, certificate);
    }

    /** The head of a mirrored ledger, countersigned; empty if the node has not registered the dataset. */
    public Optional<ObjectNode> countersigned(String nodeId, String datasetId, String nonce) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return mirror.account(nodeId, datasetId)
                .map(a -> new LedgerHead(nodeId, datasetId, a.sequence(), a.head(), nonce, now).signed(key.seal()));
    }

    /**
     * Mirrors rows, all or none; what was mirrored before is not told to the audit log again. A row of a job that this Overseer
     * runs is taken only on the terms of that job.
     *
     * @param certificates of earlier boots of the node, where this Overseer lost them
     * @return what is wrong with the first row that does not fit
     */
    public Optional<String> mirror(
            String nodeId, String datasetId, List<ChargeRow> rows, List<X509Certificate> certificates) {
        for (X509Certificate certificate : certificates) {
            if (key.trust().node(certificate).filter(nodeId::equals).isEmpty()) {
                return Optional.of("certificates: expected certificates that this federation issued to " + nodeId);
            }
            mirror.know(nodeId, certificate);
        }
        Optional<String> others = onOtherTerms(nodeId, rows);
        if (others.isPresent()) {
            context.setRollbackOnly();
            return others;
        }
        for (ChargeRow row : rows) {
            boolean known = mirror.knows(nodeId, row);
            Optional<String> fault = row.dataset().datasetId().equals(datasetId)
                    ? mirror.accept(nodeId, row)
                    : Optional.of("rows: expected rows of dataset " + datasetId);
            if (fault.isPresent()) {
                context.setRollbackOnly();
                return fault;
            }
            if (known) {
                continue;
            }
            audit.append(new UpdateEvent.ChargeMirrored(nodeId, datasetId, row));
        }
        return Optional.empty();
    }

    /**
     * What speaks against rows by the terms of their jobs. All are looked at before the first is mirrored, as jobs come before ledgers
     * in the order of locks. What is mirrored already stays, even where an earlier version took it on other terms.
     */
    private Optional<String> onOtherTerms(String nodeId, List<ChargeRow> rows) {
        return rows.stream()
                .filter(row -> !mirror.knows(nodeId, row))
                .flatMap(row -> terms.objection(nodeId, row).stream())
                .findFirst();
    }
}
