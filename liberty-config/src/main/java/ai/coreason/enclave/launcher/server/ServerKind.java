package ai.coreason.enclave.launcher.server;

import java.util.Locale;

/** The two servers of a federation. Each has a folder of that name with its configuration. */
public enum ServerKind {
    /** The Federation Overseer. */
    OVERSEER,
    /** A data owner's node. */
    NODE;

    /** The server's name to Liberty, and its configuration's folder. */
    public String serverName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind in a sentence. */
    public String title() {
        return this == OVERSEER ? "the Overseer" : "the node";
    }
}
