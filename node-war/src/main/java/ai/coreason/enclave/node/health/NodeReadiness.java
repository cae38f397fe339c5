package ai.coreason.enclave.node.health;

import ai.coreason.enclave.node.loop.NodeState;
import ai.coreason.enclave.node.loop.NodeState.Snapshot;
import ai.coreason.enclave.node.loop.NodeState.Standing;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the node is enrolled and its database answers. What is wrong stands in the log, not here. */
@Readiness
@ApplicationScoped
public class NodeReadiness implements HealthCheck {
    private static final System.Logger LOG = System.getLogger(NodeReadiness.class.getName());
    private static final int DATABASE_SECONDS = 5;

    @Inject
    private NodeState state;

    @Resource(lookup = "jdbc/enclave")
    private DataSource database;

    @Override
    public HealthCheckResponse call() {
        Snapshot now = state.now();
        boolean answers = databaseAnswers();
        return HealthCheckResponse.named("enrolment")
                .status(now.standing() == Standing.ENROLLED && answers)
                .withData("standing", now.standing().name())
                .withData("epoch", now.epoch())
                .withData("database", answers ? "UP" : "DOWN")
                .build();
    }

    private boolean databaseAnswers() {
        try (Connection connection = database.getConnection()) {
            return connection.isValid(DATABASE_SECONDS);
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.WARNING, "database.down state={0}", e.getSQLState());
            return false;
        }
    }
}
