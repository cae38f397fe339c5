package ai.coreason.enclave.overseer.lifecycle;

import ai.coreason.enclave.overseer.identity.HardwareTrust;
import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.annotation.PostConstruct;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Opens the audit log before anything else runs, and reads what hardware is verified by, so that a server whose roots cannot be
 * read does not start; roots that replace the built-in ones are told in the log. Where {@code enclave.parent.pid} names the process that started this
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
    private HardwareTrust trust;

    @Inject
    @ConfigProperty(name = "enclave.parent.pid")
    private Optional<Long> parent;

    @PostConstruct
    void start() {
        audit.open();
        if (trust.ownAnchors()) {
            ObjectNode details = Json.object();
            trust.anchorDigests().forEach(details.putArray("sha256")::add);
            audit.append("trust-anchors.replaced", details);
        }
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
