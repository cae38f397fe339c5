package ai.coreason.enclave.node;

import ai.coreason.enclave.base.Reason;
import ai.coreason.enclave.node.copies.FingerprintFolder;
import ai.coreason.enclave.node.enrolment.Enrolment;
import ai.coreason.enclave.node.evidence.CodeManifest;
import ai.coreason.enclave.node.evidence.EvidenceSource;
import ai.coreason.enclave.node.evidence.LaunchGate;
import ai.coreason.enclave.node.evidence.LaunchGate.LaunchRefused;
import ai.coreason.enclave.node.loop.NodeState;
import ai.coreason.enclave.node.loop.ParentWatch;
import ai.coreason.enclave.node.loop.TaskLoop;
import ai.coreason.enclave.node.overseer.Backoff;
import ai.coreason.enclave.node.overseer.OverseerProof;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.node.site.DatasetStandings;
import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.node.training.EngineWarmUp;
import ai.coreason.enclave.node.training.Holdings;
import ai.coreason.enclave.node.training.NodeTables;
import ai.coreason.enclave.node.training.RoundBooks;
import ai.coreason.enclave.node.training.RoundTraining;
import ai.coreason.enclave.node.training.SiteRecords;
import ai.coreason.enclave.node.training.TaskRun;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.privacy.ledger.LedgerGuard;
import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import ai.coreason.enclave.sentry.contract.JobRules;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The node from start to stop: reads its configuration, decides what vouches for it, ends what a crash left behind, and
 * runs the task loop on a thread of the container. A node that may not run, or cannot, ends its JVM and says why.
 *
 * <p>Configuration: {@code enclave.site.file}; {@code enclave.state.dir}, where what survives a restart lies; {@code enclave.insecure}, false if left out; {@code enclave.tsm.root},
 * where the kernel's TSM reports are, and {@code enclave.parent.pid}, both optional.
 */
@Singleton
@Startup
@TransactionManagement(TransactionManagementType.BEAN)
public class NodeApplication {
    private static final System.Logger LOG = System.getLogger(NodeApplication.class.getName());
    private static final Backoff BETWEEN_FAILURES = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(15));
    private static final Duration STOP = Duration.ofSeconds(20);

    @Inject
    private NodeState state;

    @Inject
    private LedgerGuard guard;

    @EJB
    private RoundBooks books;

    @Resource
    private ManagedThreadFactory threads;

    @Resource(lookup = "jdbc/enclave")
    private DataSource database;

    private TaskLoop loop;
    private Thread runner;
    private RoundTraining training;

    @PostConstruct
    void begin() {
        try {
            Config config = ConfigProvider.getConfig();
            config.getOptionalValue("enclave.parent.pid", Long.class)
                    .ifPresent(pid -> ParentWatch.watch(pid, () -> NodeExit.exit(NodeExit.ORPHANED)));
            start(config);
        } catch (LaunchRefused e) {
            LOG.log(System.Logger.Level.ERROR, "node.refuses-to-launch: " + e.getMessage());
            NodeExit.exit(NodeExit.NO_HARDWARE);
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "node.cannot-start: " + Reason.of(e), e);
            NodeExit.exit(NodeExit.MISCONFIGURED);
        }
    }

    private void start(Config config) throws IOException, LaunchRefused {
        Clock clock = Clock.systemUTC();
        SiteFile site = SiteFile.read(Path.of(config.getValue("enclave.site.file", String.class)));
        boolean insecure =
                config.getOptionalValue("enclave.insecure", Boolean.class).orElse(false);
        CodeManifest manifest = CodeManifest.of(NodeApplication.class);
        LOG.log(System.Logger.Level.INFO, "code.manifest files={0} sha256={1}", manifest.files(), manifest.sha256());
        Optional<Path> tsm =
                config.getOptionalValue("enclave.tsm.root", String.class).map(Path::of);
        EvidenceSource evidence = LaunchGate.open(site, insecure, Path.of("/"), tsm, manifest.sha256(), clock);
        OfferedDatasets offered = OfferedDatasets.load(site);
        FingerprintFolder fingerprints =
                new FingerprintFolder(site.fingerprints().orElse(state(config).resolve("fingerprints")), site.nodeId());
        fingerprints.requirePrivate();
        NodeTables.upgrade(database);
        guard.trust(LedgerTrust.of(LedgerCertificates.parse(Files.readString(site.caFile()))));
        offered.all().forEach(d -> books.register(d.dataset(), d.source()));
        offered.all().stream()
                .flatMap(d -> books.inspect(d.dataset().datasetId()).stream())
                .forEach(fault -> LOG.log(System.Logger.Level.ERROR, "ledger.held " + fault.sentence()));
        LOG.log(System.Logger.Level.INFO, "ledger.recovered expired={0}", books.recover());
        training = new RoundTraining(
                site,
                new SiteRecords(offered, new DatasetStandings(state(config), clock), fingerprints),
                books,
                evidence,
                manifest.sha256());
        JobRules rules = new JobRules(
                site.simulation(),
                offered.all().stream().anyMatch(d -> d.dataset().open()));
        Optional<OverseerProof> proof = site.overseerEvidence().isPresent()
                ? Optional.of(OverseerProof.of(site.overseerEvidence().get(), clock))
                : Optional.empty();
        Enrolment enrolment = new Enrolment(
                site,
                proof,
                new Enrolment.Self(evidence, manifest.sha256(), insecure),
                new Holdings(books, offered),
                BETWEEN_FAILURES,
                clock);
        loop = new TaskLoop(
                comparing(enrolment),
                new TaskRun(rules, books, training, clock),
                state,
                BETWEEN_FAILURES,
                Backoff.Pause.sleeping(),
                clock);
        Thread warmUp = threads.newThread(new EngineWarmUp());
        warmUp.setName("engine-warm-up");
        warmUp.start();
        runner = threads.newThread(loop);
        runner.setName("task-loop");
        runner.start();
    }

    /** Where what must survive a restart lies. */
    private static Path state(Config config) {
        return Path.of(config.getValue("enclave.state.dir", String.class));
    }

    /** An enrolment after which the ledgers are compared before anything else. */
    private TaskLoop.Enroller comparing(Enrolment enrolment) {
        return new TaskLoop.Enroller() {
            @Override
            public Session enrol() throws Exception {
                Session session = enrolment.enrol();
                training.compareLedgers(session);
                return session;
            }

            @Override
            public boolean hasAnotherToken() throws IOException {
                return enrolment.hasAnotherToken();
            }
        };
    }

    @PreDestroy
    void end() {
        if (runner == null) {
            return;
        }
        loop.stop();
        try {
            runner.join(STOP.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!runner.isAlive()) {
            training.close();
        }
    }

    /** The root cause, without the container's wrapping. */
}
