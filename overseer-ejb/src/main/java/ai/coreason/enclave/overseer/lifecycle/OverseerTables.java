package ai.coreason.enclave.overseer.lifecycle;

import ai.coreason.enclave.base.database.Tables;
import ai.coreason.enclave.privacy.ledger.LedgerTables;
import ai.coreason.enclave.sentry.audit.AuditLog;
import java.util.List;
import javax.sql.DataSource;

/** The tables of an Overseer. */
final class OverseerTables {
    private static final List<Tables> ALL =
            List.of(LedgerTables.SHARED, AuditLog.TABLES, new Tables("overseer", "job"));

    private OverseerTables() {}

    /**
     * Makes them, or brings them to this version.
     *
     * @throws Tables.Unusable if they are of a newer version, or a migration fails
     */
    static void upgrade(DataSource database) {
        ALL.forEach(tables -> tables.upgrade(database));
    }
}
