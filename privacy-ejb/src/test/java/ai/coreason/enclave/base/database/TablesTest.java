package ai.coreason.enclave.base.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.junit.jupiter.api.Test;

class TablesTest {
    private static final Tables TABLES = new Tables("trial", "trial_thing");
    private static final Tables NEIGHBOUR = new Tables("ledger", "ledger_charge");

    private final EmbeddedDataSource database = new EmbeddedDataSource();

    TablesTest() {
        database.setDatabaseName("memory:" + UUID.randomUUID());
        database.setCreateDatabase("create");
    }

    @Test
    void upgrade_emptyDatabase_makesEverything() throws SQLException {
        TABLES.upgrade(database);
        TABLES.upgrade(database);

        assertThat(number("select count(*) from trial_thing where colour is null"))
                .isZero();
    }

    @Test
    void upgrade_tablesOfBeforeThereWereMigrations_keepsTheirRowsAndAddsWhatIsNewer() throws SQLException {
        run("create table trial_thing (id bigint not null primary key)", "insert into trial_thing values (7)");

        TABLES.upgrade(database);

        assertThat(number("select id from trial_thing where colour = 'grey'")).isEqualTo(7);
    }

    @Test
    void upgrade_neighboursStandAlready_areLeftAlone() throws SQLException {
        NEIGHBOUR.upgrade(database);
        TABLES.upgrade(database);
        NEIGHBOUR.upgrade(database);

        assertThat(number("select count(*) from trial_thing")).isZero();
        assertThat(number("select count(*) from ledger_charge")).isZero();
    }

    @Test
    void upgrade_newerVersionWasHere_refusesByNameAndChangesNothing() throws SQLException {
        TABLES.upgrade(database);
        run("""
                insert into "trial_schema" ("installed_rank", "version", "description", "type", "script", "installed_by",
                "execution_time", "success") values (99, '9', 'later', 'SQL', 'V9__later.sql', 'app', 1, true)
                """);

        assertThatThrownBy(() -> TABLES.upgrade(database))
                .isInstanceOf(Tables.Unusable.class)
                .hasMessage("the tables of trial: expected version 2 or earlier, got version 9: a newer version of this"
                        + " software has used this database; use that one, or restore a backup");
    }

    @Test
    void upgrade_migrationWasChangedSince_refuses() throws SQLException {
        TABLES.upgrade(database);
        run("update \"trial_schema\" set \"checksum\" = 1 where \"version\" = '2'");

        assertThatThrownBy(() -> TABLES.upgrade(database))
                .isInstanceOf(Tables.Unusable.class)
                .hasMessageContaining("the tables of trial");
    }

    /** A set that is not there must not look like one that has nothing to do. */
    @Test
    void upgrade_noMigrations_isRefusedByName() {
        assertThatThrownBy(() -> new Tables("nowhere", "thing").upgrade(database))
                .isInstanceOf(Tables.Unusable.class)
                .hasMessage(
                        "the tables of nowhere: expected to bring them to this version, got: db/nowhere/migrations.txt:"
                                + " expected a file of the class path, got none");
    }

    private void run(String... statements) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String s : statements) {
                statement.execute(s);
            }
        }
    }

    private long number(String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
