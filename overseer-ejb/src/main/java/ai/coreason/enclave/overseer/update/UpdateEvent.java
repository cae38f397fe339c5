package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.sentry.audit.AuditEvent;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What the audit log is told of updates and of charges. */
sealed interface UpdateEvent extends AuditEvent {
    /**
     * Which update it is.
     *
     * @param digest SHA-256 of its sealed bytes
     * @param ledgerHash what its ledger row says that its hash is
     */
    record Update(ContributionKey key, String digest, String ledgerHash) {
        private ObjectNode json() {
            return Json.object()
                    .put("job_id", key.jobId())
                    .put("round", key.round())
                    .put("attempt", key.attempt().attempt())
                    .put("node_id", key.nodeId())
                    .put("update_digest", digest)
                    .put("ledger_hash", ledgerHash);
        }
    }

    /** An update counts. */
    record Admitted(Update update) implements UpdateEvent {
        @Override
        public String name() {
            return "update.admitted";
        }

        @Override
        public ObjectNode details() {
            return update.json();
        }
    }

    /** An update does not count. */
    record Rejected(Update update, List<String> reasons) implements UpdateEvent {
        @Override
        public String name() {
            return "update.rejected";
        }

        @Override
        public ObjectNode details() {
            ObjectNode out = update.json();
            reasons.forEach(out.putArray("reasons")::add);
            return out;
        }
    }

    /** A charge that came without an update is mirrored, or has moved on. */
    record ChargeMirrored(String nodeId, String datasetId, ChargeRow row) implements UpdateEvent {
        @Override
        public String name() {
            return "charge.mirrored";
        }

        @Override
        public ObjectNode details() {
            return Json.object()
                    .put("node_id", nodeId)
                    .put("dataset_id", datasetId)
                    .put("sequence", row.sequence())
                    .put("ledger_hash", row.hash())
                    .put("state", row.state().name());
        }
    }
}
