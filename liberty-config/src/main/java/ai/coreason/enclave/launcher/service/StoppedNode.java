package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.server.ServerLayout;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * What a command finds in the folder of a node that does not run.
 *
 * @param nodeId the node, as its site file names it
 * @param database the folder of its Derby database
 * @param ca the federation's authority that it pins, PEM
 */
public record StoppedNode(String nodeId, Path database, Path ca) {
    private static final String SITE = "enclave.site.file";

    /**
     * The node of a folder.
     *
     * @throws IOException if it runs, or the folder is not that of a node that was started once
     */
    public static StoppedNode of(Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath().normalize();
        Service.refuseSecond(absolute);
        ServerLayout layout = ServerLayout.in(absolute)
                .orElseThrow(
                        () -> new IOException("--state: expected the folder of a node, got another at " + absolute));
        if (!layout.kind().equals("node")) {
            throw new IOException("--state: expected the folder of a node, got an Overseer's at " + absolute);
        }
        Path database = layout.state().resolve("db");
        if (!Files.isDirectory(database)) {
            throw new IOException(
                    "--state: expected the folder of a node that was started once, got no database at " + database);
        }
        Properties bootstrap = new Properties();
        try (InputStream in = Files.newInputStream(layout.configuration().resolve("bootstrap.properties"))) {
            bootstrap.load(in);
        }
        String named = bootstrap.getProperty(SITE);
        if (named == null) {
            throw new IOException("--state: expected the folder of a node, got one without " + SITE);
        }
        Path site = Path.of(named).toAbsolutePath().normalize();
        JsonNode json = Json.read(Files.readAllBytes(site));
        String nodeId = json.path("node_id").asText("");
        String ca = json.path("ca_file").asText("");
        if (nodeId.isEmpty() || ca.isEmpty()) {
            throw new IOException(site + ": expected a site file with node_id and ca_file, got another document");
        }
        return new StoppedNode(nodeId, database, site.resolveSibling(ca));
    }
}
