package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.launcher.simulate.KillAgent.When;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The steps at which servers are killed. */
enum KillStep {
    /** The sealed bytes lie in the vault; neither row nor message tell of them. */
    VAULT_RENAMED(Server.OVERSEER, "ai.coreason.enclave.overseer.vault.Vault$Arrival", "keep", When.EXIT),
    /** One branch is prepared, and nothing is decided. */
    PREPARED(Server.OVERSEER, "org.apache.derby.impl.jdbc.EmbedXAResource", "prepare", When.EXIT),
    /** All branches are prepared, the commit is decided, and the database has not heard of it. */
    DECIDED(Server.OVERSEER, "org.apache.derby.impl.jdbc.EmbedXAResource", "commit", When.SECOND_PHASE),
    /** Row and message are committed; the node has no answer. */
    COMMITTED(Server.OVERSEER, "ai.coreason.enclave.overseer.update.UpdateIntake", "receive", When.EXIT),
    /** All updates are admitted, and no model is made of them. */
    AGGREGATING(Server.OVERSEER, "ai.coreason.enclave.overseer.aggregation.FedAvg", "next", When.ENTER),
    /** The model lies in the vault, and the round does not know. */
    AGGREGATED(Server.OVERSEER, "ai.coreason.enclave.overseer.conduct.Aggregator", "aggregate", When.EXIT),
    /** The tables are open, and nothing runs. */
    STARTING(Server.OVERSEER, "ai.coreason.enclave.overseer.lifecycle.OverseerStart", "start", When.EXIT),

    /** The round is charged, and nothing is drawn. */
    CHARGED(Server.NODE, "ai.coreason.enclave.node.training.RoundTraining", "reserve", When.EXIT),
    /** The update is sealed; its charge and its bytes are in a transaction that nobody has committed. */
    SEALED(Server.NODE, "ai.coreason.enclave.node.training.DatabaseBooks", "commit", When.EXIT),
    /** The update lies in the outbox, and nothing of it has left. */
    KEPT(Server.NODE, "ai.coreason.enclave.node.training.Delivery", "send", When.ENTER),
    /** The Overseer has the update, and the node's outbox does not know. */
    SENT(Server.NODE, "ai.coreason.enclave.node.overseer.OverseerClient", "upload", When.EXIT),
    /** What a crash had left is ended, in a transaction that nobody has committed. */
    RECOVERING(Server.NODE, "ai.coreason.enclave.node.training.DatabaseBooks", "recover", When.EXIT);

    /** Whose step it is. */
    enum Server {
        OVERSEER,
        NODE
    }

    private final Server server;
    private final String owner;
    private final String method;
    private final When when;

    KillStep(Server server, String owner, String method, When when) {
        this.server = server;
        this.owner = owner;
        this.method = method;
        this.when = when;
    }

    /** The steps of one kind of server. */
    static List<KillStep> of(Server server) {
        return Arrays.stream(values()).filter(s -> s.server == server).toList();
    }

    /** The JVM's option that kills at the n-th time. */
    String option(Path agent, int nth) {
        return "-javaagent:" + agent + "=" + owner + "#" + method + "#" + nth + "#" + when;
    }

    /** Whether a server gets no further than this when it starts. */
    boolean beforeReady() {
        return this == STARTING || this == RECOVERING;
    }
}
