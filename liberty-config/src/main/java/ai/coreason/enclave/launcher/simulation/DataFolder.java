package ai.coreason.enclave.launcher.simulation;

import ai.coreason.enclave.launcher.server.LaunchFailure;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.json.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A folder with a Data Package, one resource for each node. What each node needs of it the node itself judges. */
public final class DataFolder {
    private static final String DESCRIPTOR = "datapackage.json";

    private final Path folder;
    private final Map<String, JsonNode> resources;

    private DataFolder(Path folder, Map<String, JsonNode> resources) {
        this.folder = folder;
        this.resources = resources;
    }

    /**
     * Reads the package and looks for its files.
     *
     * @throws LaunchFailure naming what is missing
     */
    public static DataFolder read(Path folder) {
        Path descriptor = folder.resolve(DESCRIPTOR).toAbsolutePath().normalize();
        if (!Files.isRegularFile(descriptor)) {
            throw LaunchFailure.usage("--data " + folder + ": expected a folder with " + DESCRIPTOR + ", got none");
        }
        Map<String, JsonNode> resources = new LinkedHashMap<>();
        try {
            JsonFields f = JsonFields.of(Json.read(Files.readAllBytes(descriptor)), "");
            f.list("resources", "an array of resources", (json, at) -> Map.entry(name(json, at), json))
                    .forEach(r -> resources.put(r.getKey(), r.getValue()));
        } catch (IOException e) {
            throw LaunchFailure.usage("--data " + descriptor + ": cannot be read (" + e + ")");
        } catch (InvalidDocument e) {
            throw LaunchFailure.usage("--data " + descriptor + ": " + e.getMessage());
        }
        DataFolder data = new DataFolder(descriptor.getParent(), resources);
        resources.forEach(data::requireFile);
        return data;
    }

    /** The descriptor. */
    public Path descriptor() {
        return folder.resolve(DESCRIPTOR);
    }

    /** The nodes that it has data for. */
    public Set<String> nodes() {
        return resources.keySet();
    }

    /**
     * The fields of a node's table by name.
     *
     * @return empty for a node without a table
     */
    public Map<String, JsonNode> fields(String node) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        JsonNode resource = resources.getOrDefault(node, Json.object());
        resource.path("schema")
                .path("fields")
                .forEach(f -> fields.put(f.path("name").asText(), f));
        return fields;
    }

    /** @throws LaunchFailure naming the first client that the package has no resource for */
    public void requireAll(List<String> clients) {
        for (String client : clients) {
            if (!resources.containsKey(client)) {
                throw LaunchFailure.usage("--job: client " + client + " has no resource of that name in " + descriptor()
                        + ", which has " + String.join(", ", resources.keySet()));
            }
        }
    }

    private void requireFile(String name, JsonNode resource) {
        JsonNode path = resource.get("path");
        if (path == null || !path.isTextual() || !Files.isReadable(folder.resolve(path.textValue()))) {
            throw LaunchFailure.usage("--data " + descriptor() + ": resource " + name
                    + ": expected a path to a readable file, got " + JsonFields.describe(path));
        }
    }

    private static String name(JsonNode json, String at) {
        String name = json instanceof ObjectNode o ? o.path("name").asText() : "";
        if (!name.matches("(?!\\.{1,2}$)[A-Za-z0-9_.-]{1,64}")) {
            throw InvalidDocument.at(at + ".name", "1 to 64 of A-Z a-z 0-9 _ . -", name);
        }
        return name;
    }
}
