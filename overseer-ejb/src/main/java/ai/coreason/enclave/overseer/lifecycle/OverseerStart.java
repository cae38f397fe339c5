package ai.coreason.enclave.overseer.lifecycle;

import ai.coreason.enclave.base.Reason;
import ai.coreason.enclave.overseer.evaluation.ModelEvaluation;
import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.overseer.token.TokenPolicy;
import ai.coreason.enclave.overseer.token.UserTokens;
import ai.coreason.enclave.overseer.trust.HardwareTrust;
import ai.coreason.enclave.overseer.trust.TrustEvent;
import ai.coreason.enclave.sentry.audit.AuditLog;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What must be done before anything else runs: waits for transactions that a crash left in doubt, brings the tables to this version,
 * opens the audit log, and reads what hardware and users' tokens are verified by and which public records there are, so that a
 * server whose roots, issuer or records cannot be read does not start; roots that replace the built-in ones are told in the log. Where {@code enclave.parent.pid} names the process
 * that started this server, the server ends with that process, so that a killed launcher leaves none behind.
 */
@Singleton
@Startup
@TransactionManagement(TransactionManagementType.BEAN)
public class OverseerStart {
    private static final Logger LOG = System.getLogger(OverseerStart.class.getName());

    @Inject
    private AuditLog audit;

    @Inject
    private FederationMode mode;

    @Inject
    private HardwareTrust trust;

    @Inject
    private UserTokens tokens;

    @Inject
    private ModelEvaluation evaluation;

    @Inject
    @ConfigProperty(name = "enclave.parent.pid")
    private Optional<Long> parent;

    @Resource(lookup = "jdbc/enclave")
    private DataSource database;

    @Resource
    private UserTransaction transaction;

    @PostConstruct
    void start() {
        parent.ifPresent(OverseerStart::endWith);
        try {
            new InDoubt(database).awaitEnd();
            openTokens();
            evaluation.require();
            OverseerTables.upgrade(database);
            openAudit();
        } catch (Exception e) {
            LOG.log(Level.ERROR, "overseer.cannot-start: " + (e.getMessage() == null ? Reason.of(e) : e.getMessage()));
            throw new IllegalStateException(e);
        }
        LOG.log(Level.INFO, "overseer.started mode=" + (mode.simulation() ? "simulation" : "production"));
    }

    /** Tells whose tokens open this Overseer, which reads how they are verified. */
    private void openTokens() {
        TokenPolicy policy = tokens.policy();
        LOG.log(
                Level.INFO,
                "overseer.users issuer=" + policy.issuer() + " audience=" + policy.audience() + " type="
                        + policy.type());
    }

    private void openAudit() throws Exception {
        transaction.begin();
        boolean done = false;
        try {
            audit.open();
            if (trust.ownAnchors()) {
                audit.append(new TrustEvent.AnchorsReplaced(trust.anchorDigests()));
            }
            done = true;
        } finally {
            if (done) {
                transaction.commit();
            } else {
                transaction.rollback();
            }
        }
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
