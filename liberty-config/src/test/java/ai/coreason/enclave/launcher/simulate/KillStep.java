package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.launcher.simulate.KillAgent.When;
import java.nio.file.Path;

/** The steps of an Overseer at which it is killed. */
enum KillStep {
    /** The sealed bytes lie in the vault; neither row nor message tell of them. */
    VAULT_RENAMED("ai.coreason.enclave.overseer.vault.Vault$Arrival", "keep", When.EXIT),
    /** One branch is prepared, and nothing is decided. */
    PREPARED("org.apache.derby.impl.jdbc.EmbedXAResource", "prepare", When.EXIT),
    /** All branches are prepared, the commit is decided, and the database has not heard of it. */
    DECIDED("org.apache.derby.impl.jdbc.EmbedXAResource", "commit", When.SECOND_PHASE),
    /** Row and message are committed; the node has no answer. */
    COMMITTED("ai.coreason.enclave.overseer.intake.UpdateIntake", "receive", When.EXIT),
    /** All updates are admitted, and no model is made of them. */
    AGGREGATING("ai.coreason.enclave.overseer.aggregation.FedAvg", "next", When.ENTER),
    /** The model lies in the vault, and the round does not know. */
    AGGREGATED("ai.coreason.enclave.overseer.aggregation.Aggregator", "aggregate", When.EXIT),
    /** The tables are open, and nothing runs. */
    STARTING("ai.coreason.enclave.overseer.lifecycle.OverseerStart", "start", When.EXIT);

    private final String owner;
    private final String method;
    private final When when;

    KillStep(String owner, String method, When when) {
        this.owner = owner;
        this.method = method;
        this.when = when;
    }

    /** The JVM's option that kills at the n-th time. */
    String option(Path agent, int nth) {
        return "-javaagent:" + agent + "=" + owner + "#" + method + "#" + nth + "#" + when;
    }
}
