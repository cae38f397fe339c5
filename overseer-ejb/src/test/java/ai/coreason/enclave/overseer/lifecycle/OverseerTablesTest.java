package ai.coreason.enclave.overseer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.coreason.enclave.base.database.Entities;
import ai.coreason.enclave.base.database.PostgresCluster;
import ai.coreason.enclave.base.database.SchemaOf;
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
import ai.coreason.enclave.privacy.ledger.SignerCertificate;
import ai.coreason.enclave.sentry.audit.AuditEntry;
import ai.coreason.enclave.sentry.audit.AuditHead;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.junit.jupiter.api.Test;

/** What migrations make is what the entities expect. */
class OverseerTablesTest {
    private static final List<Class<?>> ENTITIES = List.of(
            EnrolledNode.class,
            EnrolmentSecret.class,
            SiteDictionary.class,
            TrustPolicyVersion.class,
            UsedQuote.class,
            StopOrder.class,
            Job.class,
            Participation.class,
            Contribution.class,
            Round.class,
            Charge.class,
            DatasetAccount.class,
            SignerCertificate.class,
            AuditEntry.class,
            AuditHead.class);

    @Test
    void upgrade_derby_makesWhatTheEntitiesExpect() throws SQLException {
        EmbeddedDataSource expected = Entities.inMemory();
        EmbeddedDataSource made = Entities.inMemory();

        OverseerTables.upgrade(made);

        assertThat(SchemaOf.tables(made))
                .isEqualTo(Entities.ownTables(
                        expected,
                        "jdbc:derby:" + expected.getDatabaseName() + ";create=true",
                        Entities.DERBY,
                        ENTITIES));
    }

    @Test
    void upgrade_postgresql_makesWhatTheEntitiesExpect() throws Exception {
        Optional<PostgresCluster> first = PostgresCluster.start();
        if ("true".equals(System.getenv("CI"))) {
            assertThat(first).as("PostgreSQL below /usr/lib/postgresql").isPresent();
        }
        assumeThat(first).as("PostgreSQL below /usr/lib/postgresql").isPresent();
        try (PostgresCluster cluster = first.orElseThrow()) {
            SortedSet<String> expected =
                    Entities.ownTables(cluster.source(), cluster.url(), PostgresCluster.DRIVER, ENTITIES);
            cluster.clear();

            OverseerTables.upgrade(cluster.source());

            assertThat(SchemaOf.tables(cluster.source())).isEqualTo(expected);
        }
    }
}
