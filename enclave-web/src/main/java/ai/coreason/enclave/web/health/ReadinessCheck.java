package ai.coreason.enclave.web.health;

import ai.coreason.enclave.overseer.vault.Storage;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.Queue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import javax.sql.DataSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready only when the database, the queue and the vault answer. */
@Readiness
@ApplicationScoped
public class ReadinessCheck implements HealthCheck {
    private static final Logger LOG = System.getLogger(ReadinessCheck.class.getName());
    private static final int SECONDS = 5;

    @FunctionalInterface
    private interface Probe {
        void run() throws Exception;
    }

    @Resource(lookup = "jdbc/enclave")
    private DataSource database;

    @Resource(lookup = "jms/connectionFactory")
    private ConnectionFactory connections;

    @Resource(lookup = "jms/updates")
    private Queue updates;

    @Inject
    private Storage storage;

    @Override
    public HealthCheckResponse call() {
        boolean databaseUp = answers("database", () -> {
            try (Connection c = database.getConnection()) {
                if (!c.isValid(SECONDS)) {
                    throw new IllegalStateException("not valid");
                }
            }
        });
        boolean queueUp = answers("queue", () -> {
            try (JMSContext context = connections.createContext();
                    jakarta.jms.QueueBrowser browser = context.createBrowser(updates)) {
                browser.getEnumeration().hasMoreElements();
            }
        });
        boolean vaultUp = answers("vault", () -> {
            storage.updates().probe();
            storage.models().probe();
        });
        return HealthCheckResponse.named("overseer")
                .withData("database", databaseUp)
                .withData("queue", queueUp)
                .withData("vault", vaultUp)
                .status(databaseUp && queueUp && vaultUp)
                .build();
    }

    private static boolean answers(String what, Probe probe) {
        try {
            probe.run();
            return true;
        } catch (Exception e) {
            LOG.log(Level.WARNING, "health." + what + ".down", e);
            return false;
        }
    }
}
