package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.database.Tables;
import ai.coreason.enclave.privacy.ledger.LedgerTables;
import java.util.List;
import javax.sql.DataSource;

/** The tables of a node. */
public final class NodeTables {
    private static final List<Tables> ALL =
            List.of(LedgerTables.SHARED, LedgerTables.HOLDER, new Tables("node", "outbox"));

    private NodeTables() {}

    /**
     * Makes them, or brings them to this version.
     *
     * @throws Tables.Unusable if they are of a newer version, or a migration fails
     */
    public static void upgrade(DataSource database) {
        ALL.forEach(tables -> tables.upgrade(database));
    }
}
