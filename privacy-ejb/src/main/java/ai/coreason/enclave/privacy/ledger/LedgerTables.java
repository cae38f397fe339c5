package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.database.Tables;

/** The tables of the ledger. */
public final class LedgerTables {
    /** Datasets, charges and signers: at a node and, mirrored, at the Overseer. */
    public static final Tables SHARED = new Tables("ledger", "ledger_charge");

    /** What only a node keeps: countersigned heads, and rows that a recovery brought back. */
    public static final Tables HOLDER = new Tables("ledger_holder", "countersigned_head");

    private LedgerTables() {}
}
