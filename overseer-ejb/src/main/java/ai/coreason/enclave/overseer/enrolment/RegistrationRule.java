package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.contract.DatasetRegistration;
import java.util.List;
import java.util.Optional;

/**
 * Which datasets a node may register: what its token allows, as on the first day, and no other node's. A token that binds nothing
 * allows everything in a simulation, and elsewhere, where it is older than such bounds, what the node has registered before.
 */
final class RegistrationRule {
    private final LedgerMirror mirror;
    private final boolean simulation;

    RegistrationRule(LedgerMirror mirror, boolean simulation) {
        this.mirror = mirror;
        this.simulation = simulation;
    }

    /**
     * What speaks against a node's registrations.
     *
     * @param allowed what its token allows; empty if it does not say
     * @return the first member that does not fit, what was expected and what came; empty if all may be registered
     */
    Optional<String> objection(
            String nodeId, Optional<List<DatasetGrant>> allowed, List<DatasetRegistration> registrations) {
        for (int i = 0; i < registrations.size(); i++) {
            Dataset dataset = registrations.get(i).dataset();
            String at = "datasets[" + i + "]";
            Optional<String> why = outside(nodeId, allowed, at, dataset)
                    .or(() -> mirror.objection(nodeId, dataset).map(changed -> at + "." + changed));
            if (why.isPresent()) {
                return why;
            }
        }
        return Optional.empty();
    }

    private Optional<String> outside(String nodeId, Optional<List<DatasetGrant>> allowed, String at, Dataset dataset) {
        if (allowed.isPresent()) {
            return DatasetGrant.objection(allowed.get(), at, dataset);
        }
        boolean known =
                simulation || mirror.account(nodeId, dataset.datasetId()).isPresent();
        return known ? Optional.empty() : DatasetGrant.objection(List.of(), at, dataset);
    }
}
