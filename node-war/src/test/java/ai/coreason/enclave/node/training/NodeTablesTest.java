package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.coreason.enclave.base.database.Entities;
import ai.coreason.enclave.base.database.PostgresCluster;
import ai.coreason.enclave.base.database.SchemaOf;
import java.sql.SQLException;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.junit.jupiter.api.Test;

/** What migrations make is what the entities expect. */
class NodeTablesTest {
    @Test
    void upgrade_derby_makesWhatTheEntitiesExpect() throws SQLException {
        EmbeddedDataSource expected = Entities.inMemory();
        EmbeddedDataSource made = Entities.inMemory();

        NodeTables.upgrade(made);

        assertThat(SchemaOf.tables(made))
                .isEqualTo(Entities.ownTables(
                        expected,
                        "jdbc:derby:" + expected.getDatabaseName() + ";create=true",
                        Entities.DERBY,
                        BooksOnDerby.ENTITIES));
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
                    Entities.ownTables(cluster.source(), cluster.url(), PostgresCluster.DRIVER, BooksOnDerby.ENTITIES);
            cluster.clear();

            NodeTables.upgrade(cluster.source());

            assertThat(SchemaOf.tables(cluster.source())).isEqualTo(expected);
        }
    }
}
