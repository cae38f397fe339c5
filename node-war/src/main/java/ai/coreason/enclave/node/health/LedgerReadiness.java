package ai.coreason.enclave.node.health;

import ai.coreason.enclave.privacy.ledger.LedgerFault;
import ai.coreason.enclave.privacy.ledger.LedgerGuard;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready unless a dataset's ledger is held; then it says by dataset what was found and which command resolves it. */
@Readiness
@ApplicationScoped
public class LedgerReadiness implements HealthCheck {
    @Inject
    private LedgerGuard guard;

    @Override
    public HealthCheckResponse call() {
        List<LedgerFault> held =
                guard.faults().stream().filter(f -> f.kind().held()).toList();
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("ledger").status(held.isEmpty());
        held.forEach(f -> answer.withData(f.datasetId(), f.sentence()));
        return answer.build();
    }
}
