package ai.coreason.enclave.launcher.server;

import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.base.database.PostgresCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * Where the Overseers of tests keep their tables: Derby, or with {@code -Denclave.test.database=postgresql} a PostgreSQL server
 * of this machine's packages, which ends with this process.
 */
public final class TestDatabase {
    private static PostgresCluster cluster;

    private TestDatabase() {}

    /**
     * The options of {@code enclave overseer run} for a new, empty database.
     *
     * @param folder takes a file with the password
     */
    public static synchronized List<String> options(Path folder) {
        if (!"postgresql".equals(System.getProperty("enclave.test.database"))) {
            return List.of();
        }
        try {
            if (cluster == null) {
                cluster = PostgresCluster.start()
                        .orElseThrow(() -> new IllegalStateException(
                                "enclave.test.database: expected PostgreSQL in /usr/lib/postgresql, got none"));
                Runtime.getRuntime().addShutdownHook(new Thread(TestDatabase::end));
            }
            Path password = folder.resolve("database-password");
            PrivateFile.write(password, cluster.password().getBytes(StandardCharsets.US_ASCII));
            return List.of(
                    "--database",
                    "postgresql://127.0.0.1:" + cluster.port() + "/" + cluster.create(),
                    "--database-password-file",
                    password.toString(),
                    "--database-ssl",
                    "disable");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void end() {
        try {
            cluster.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
