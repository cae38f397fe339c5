package ai.coreason.enclave.overseer;

import ai.coreason.enclave.base.database.Entities;
import ai.coreason.enclave.base.database.Tables;
import ai.coreason.enclave.overseer.enrolment.EnrolledNode;
import ai.coreason.enclave.overseer.enrolment.EnrolmentSecret;
import ai.coreason.enclave.overseer.enrolment.SiteDictionary;
import ai.coreason.enclave.overseer.enrolment.UsedQuote;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.Round;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.trust.TrustPolicyVersion;
import ai.coreason.enclave.privacy.ledger.Charge;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerTables;
import ai.coreason.enclave.privacy.ledger.SignerCertificate;
import ai.coreason.enclave.sentry.audit.AuditEntry;
import ai.coreason.enclave.sentry.audit.AuditHead;
import ai.coreason.enclave.sentry.audit.AuditLog;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.apache.derby.jdbc.EmbeddedDataSource;

/** All of an Overseer's tables and entities in a Derby of their own in memory, outside of a server; gone when closed. */
public final class OverseerDatabase implements AutoCloseable {
    /** What Derby says when it has done as it was told. */
    private static final String DROPPED = "08006";

    private static final List<Class<?>> ENTITIES = List.of(
            Job.class,
            Participation.class,
            Round.class,
            Contribution.class,
            EnrolledNode.class,
            EnrolmentSecret.class,
            SiteDictionary.class,
            TrustPolicyVersion.class,
            UsedQuote.class,
            StopOrder.class,
            DatasetAccount.class,
            Charge.class,
            SignerCertificate.class,
            AuditHead.class,
            AuditEntry.class);

    private final EmbeddedDataSource source = Entities.inMemory();
    private final EntityManagerFactory factory;

    /** Tables without rows. */
    public OverseerDatabase() {
        LedgerTables.SHARED.upgrade(source);
        AuditLog.TABLES.upgrade(source);
        new Tables("overseer", "job").upgrade(source);
        factory = Entities.in(source, ENTITIES);
    }

    /** A manager of these entities, which its caller closes before this. */
    public EntityManager entityManager() {
        return factory.createEntityManager();
    }

    @Override
    public void close() {
        factory.close();
        try {
            DriverManager.getConnection("jdbc:derby:" + source.getDatabaseName() + ";drop=true")
                    .close();
        } catch (SQLException e) {
            if (!DROPPED.equals(e.getSQLState())) {
                throw new IllegalStateException(e);
            }
        }
    }
}
