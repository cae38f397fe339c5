package ai.coreason.enclave.overseer.intake;

import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.audit.AuditLog;
import jakarta.annotation.Resource;
import jakarta.ejb.SessionContext;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/** Takes ledger rows that came without an update: of attempts that expired, and of a mirror that is behind. */
@Stateless
public class LedgerDesk {
    @Inject
    private LedgerMirror mirror;

    @Inject
    private AuditLog audit;

    @Resource
    private SessionContext context;

    /** What is mirrored of a node's dataset. */
    public Optional<DatasetAccount> account(String nodeId, String datasetId) {
        return mirror.account(nodeId, datasetId);
    }

    /**
     * Mirrors rows, all or none.
     *
     * @return what is wrong with the first row that does not fit
     */
    public Optional<String> mirror(String nodeId, String datasetId, List<ChargeRow> rows) {
        for (ChargeRow row : rows) {
            Optional<String> fault = row.dataset().datasetId().equals(datasetId)
                    ? mirror.accept(nodeId, row)
                    : Optional.of("rows: expected rows of dataset " + datasetId);
            if (fault.isPresent()) {
                context.setRollbackOnly();
                return fault;
            }
            audit.append(
                    "charge.mirrored",
                    Json.object()
                            .put("node_id", nodeId)
                            .put("dataset_id", datasetId)
                            .put("sequence", row.sequence())
                            .put("ledger_hash", row.hash())
                            .put("state", row.state().name()));
        }
        return Optional.empty();
    }
}
