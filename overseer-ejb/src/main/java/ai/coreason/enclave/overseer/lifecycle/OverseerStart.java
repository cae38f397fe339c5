package ai.coreason.enclave.overseer.lifecycle;

import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.sentry.audit.AuditLog;
import jakarta.annotation.PostConstruct;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Opens the audit log before anything else runs. Where {@code enclave.parent.pid} names the process that started this
 * server, the server ends with that process, so that a killed launcher leaves none behind.
 */
@Singleton
@Startup
public class OverseerStart {
    private static final Logger LOG = System.getLogger(OverseerStart.class.getName());

    @Inject
    private AuditLog audit;

    @Inject
    private FederationMode mode;

    @Inject
    @ConfigProperty(name = "enclave.parent.pid")
    private Optional<Long> parent;

    @PostConstruct
    void start() {
        audit.open();
        parent.ifPresent(OverseerStart::endWith);
        LOG.log(Level.INFO, "overseer.started mode=" + (mode.simulation() ? "simulation" : "production"));
    }

    private static void endWith(long pid) {
        ProcessHandle.of(pid).ifPresentOrElse(p -> p.onExit().thenRun(() -> end(pid)), () -> end(pid));
    }

    private static void end(long pid) {
        LOG.log(Level.WARNING, "overseer.orphaned parent=" + pid);
        Thread ender = new Thread(() -> System.exit(0), "orphan-exit");
        ender.setDaemon(true);
        ender.start();
    }
}
