package ai.coreason.enclave.overseer.lifecycle;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Transactions of an earlier run that were prepared and neither committed nor rolled back when that run was killed. The transaction
 * manager ends them while the server starts; until then they hold locks, and what they tell of is not known to have happened.
 */
final class InDoubt {
    private static final Logger LOG = System.getLogger(InDoubt.class.getName());
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration TELL = Duration.ofSeconds(5);

    private static final String DERBY =
            "select global_xid from syscs_diag.transaction_table where status = 'PREPARED' and global_xid is not null";
    private static final String POSTGRESQL = "select gid from pg_prepared_xacts where database = current_database()";

    private final DataSource database;

    InDoubt(DataSource database) {
        this.database = database;
    }

    /**
     * Waits until none is left of those that were there at the call, however long that takes, and says every five seconds
     * that it does.
     */
    void awaitEnd() throws SQLException {
        Set<String> left = prepared();
        if (!left.isEmpty()) {
            LOG.log(Level.INFO, "overseer.recovers transactions_in_doubt=" + left.size());
        }
        long tell = System.nanoTime() + TELL.toNanos();
        while (!left.isEmpty()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new SQLException("interrupted while transactions are in doubt");
            }
            if (System.nanoTime() > tell) {
                tell += TELL.toNanos();
                LOG.log(Level.WARNING, "overseer.waits-for: the end of " + left.size() + " transactions in doubt");
            }
            LockSupport.parkNanos(POLL.toNanos());
            left.retainAll(prepared());
        }
    }

    /** How many there are now. */
    int count() throws SQLException {
        return prepared().size();
    }

    private Set<String> prepared() throws SQLException {
        try (Connection connection = database.getConnection()) {
            boolean derby = connection.getMetaData().getDatabaseProductName().contains("Derby");
            try (PreparedStatement statement = connection.prepareStatement(derby ? DERBY : POSTGRESQL);
                    ResultSet rows = statement.executeQuery()) {
                Set<String> found = new HashSet<>();
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
                return found;
            }
        }
    }
}
