package ai.coreason.enclave.base.database;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * The tables that one room of the software owns, and how they came to be: SQL migrations {@code V<n>__<what>.sql} in the folder
 * {@code db/<name>} of the class path, the same files for Derby and PostgreSQL. Each set has a history of its own in the table
 * {@code <name>_schema}, so that rooms which share a database move independently. The file
 * {@code migrations.txt} beside them names them. Thread-safe.
 *
 * <p>In a migration {@code ${text}}, {@code ${bytes}} and {@code ${boolean}} stand for the database's own types.
 *
 * @param name lower-case letters, digits and underscores
 * @param oldest a table that the first version made; where it stands without a history, it was made before there were migrations
 */
public record Tables(String name, String oldest) {
    private static final String BEFORE_ANY = "0";
    private static final String BASELINE = "1";

    /** Migrations that cannot be made, or that a newer version of this software made. */
    public static final class Unusable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unusable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Brings the tables to this software's version; makes them where there are none. To be called outside of a transaction.
     *
     * @throws Unusable if they are of a newer version, or a migration fails; says which
     */
    public void upgrade(DataSource database) {
        try {
            Flyway flyway = flyway(database);
            refuseNewer(flyway);
            flyway.migrate();
        } catch (SQLException | FlywayException | IllegalStateException e) {
            throw new Unusable(
                    "the tables of " + name + ": expected to bring them to this version, got: " + e.getMessage(), e);
        }
    }

    private Flyway flyway(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection()) {
            boolean derby = connection.getMetaData().getDatabaseProductName().contains("Derby");
            ClassLoader loader = Tables.class.getClassLoader();
            return new FluentConfiguration(loader)
                    .dataSource(database)
                    .resourceProvider(Migrations.in(loader, "db/" + name))
                    .javaMigrationClassProvider(List::of)
                    .callbackLocations(new String[0])
                    .table(name + "_schema")
                    .placeholders(derby ? DERBY : POSTGRESQL)
                    .baselineOnMigrate(true) // other rooms' tables stand in the same schema
                    .baselineVersion(stands(connection, oldest) ? BASELINE : BEFORE_ANY)
                    .ignoreMigrationPatterns("*:future") // refused by name before
                    .cleanDisabled(true)
                    .load();
        }
    }

    private void refuseNewer(Flyway flyway) {
        MigrationVersion newest = MigrationVersion.EMPTY;
        MigrationVersion applied = MigrationVersion.EMPTY;
        for (var migration : flyway.info().all()) {
            if (migration.getState().isResolved() && migration.getVersion().isNewerThan(newest)) {
                newest = migration.getVersion();
            }
            if (migration.getState().isApplied() && migration.getVersion().isNewerThan(applied)) {
                applied = migration.getVersion();
            }
        }
        if (applied.isNewerThan(newest)) {
            throw new Unusable(
                    "the tables of " + name + ": expected version " + newest + " or earlier, got version " + applied
                            + ": a newer version of this software has used this database; use that one, or restore a backup",
                    null);
        }
    }

    private static boolean stands(Connection connection, String table) throws SQLException {
        DatabaseMetaData data = connection.getMetaData();
        String stored = data.storesUpperCaseIdentifiers() ? table.toUpperCase(Locale.ROOT) : table;
        try (ResultSet tables = data.getTables(null, connection.getSchema(), stored, new String[] {"TABLE"})) {
            return tables.next();
        }
    }

    private static final Map<String, String> DERBY =
            Map.of("text", "CLOB", "bytes", "BLOB", "boolean", "SMALLINT DEFAULT 0");
    private static final Map<String, String> POSTGRESQL =
            Map.of("text", "TEXT", "bytes", "BYTEA", "boolean", "BOOLEAN DEFAULT FALSE");
}
