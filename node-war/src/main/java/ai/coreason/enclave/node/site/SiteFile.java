package ai.coreason.enclave.node.site;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The data owner's site file ({@code site.json}): who this node is, which Overseer it calls, and which data it offers.
 * Paths are taken relative to the folder of the file. Immutable.
 *
 * @param nodeId the node's name, 1 to 64 of {@code A-Z a-z 0-9 . _ -}
 * @param overseer the Overseer's node endpoint: {@code https://host:port}
 * @param caFile the federation's CA certificate, PEM
 * @param tokenFile the one-time enrolment token; rewritten after every enrolment
 * @param dataPackage the Frictionless Data Package ({@code datapackage.json})
 * @param resources the names of the package's resources that this node offers, at least one
 * @param policy which jobs the owner approves
 * @param evidenceKey the key that signs simulated evidence, PEM; there only in simulation
 * @param gpuEvidence how the machine's GPU is asked for evidence; never there in simulation
 * @param overseerEvidence what is demanded of the Overseer's hardware; never there in simulation
 * @param fingerprints the folder of the site's fingerprints of records, which its nodes share; the node keeps its own if empty
 */
public record SiteFile(
        String nodeId,
        URI overseer,
        Path caFile,
        Path tokenFile,
        Path dataPackage,
        List<String> resources,
        SitePolicy policy,
        Optional<Path> evidenceKey,
        Optional<GpuInterface> gpuEvidence,
        Optional<OverseerDemand> overseerEvidence,
        Optional<Path> fingerprints) {
    private static final Pattern NODE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final long MAX_BYTES = 4 << 20;

    public SiteFile {
        resources = List.copyOf(resources);
    }

    /** A site of one node without a GPU that gives evidence, which demands none of the Overseer. */
    public SiteFile(
            String nodeId,
            URI overseer,
            Path caFile,
            Path tokenFile,
            Path dataPackage,
            List<String> resources,
            SitePolicy policy,
            Optional<Path> evidenceKey) {
        this(
                nodeId,
                overseer,
                caFile,
                tokenFile,
                dataPackage,
                resources,
                policy,
                evidenceKey,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Whether the node takes part in a simulated federation. */
    public boolean simulation() {
        return evidenceKey.isPresent();
    }

    /**
     * Reads a site file.
     *
     * @throws IOException if the file cannot be read or is larger than 4 MiB
     * @throws InvalidDocument naming the first member that is not as expected
     */
    public static SiteFile read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new IOException(file + ": expected a site file of at most " + MAX_BYTES + " bytes, got " + size);
        }
        return parse(Json.read(Files.readAllBytes(file)), file.toAbsolutePath().getParent());
    }

    static SiteFile parse(JsonNode json, Path folder) {
        JsonFields f = JsonFields.of(json, "");
        SiteFile site = new SiteFile(
                f.text(
                        "node_id",
                        "1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first",
                        s -> NODE_ID.matcher(s).matches()),
                overseer(f),
                path(f, "ca_file", folder),
                path(f, "token_file", folder),
                path(f, "data_package", folder),
                resources(f),
                SitePolicy.parse(f, "approve"),
                f.optionalObject("simulation").map(s -> {
                    Path key = path(s, "evidence_key", folder);
                    s.end();
                    return key;
                }),
                f.optionalObject("gpu_evidence").map(g -> GpuInterface.parse(g, folder)),
                f.optionalObject("overseer_evidence").map(o -> OverseerDemand.parse(o, folder)),
                f.has("fingerprints")
                        ? Optional.of(path(f, "fingerprints", "the path of a folder", folder))
                        : Optional.empty());
        f.end();
        if (site.simulation() && site.gpuEvidence.isPresent()) {
            throw InvalidDocument.notAllowed("gpu_evidence", "beside simulation");
        }
        if (site.simulation() && site.overseerEvidence.isPresent()) {
            throw InvalidDocument.notAllowed("overseer_evidence", "beside simulation");
        }
        return site;
    }

    private static URI overseer(JsonFields f) {
        String expected = "https://host:port without path, query or user";
        return URI.create(f.text("overseer", expected, SiteFile::isOrigin));
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = URI.create(text);
            return "https".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getRawPath().isEmpty()
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static List<String> resources(JsonFields f) {
        List<String> names = f.texts("resources");
        if (names.isEmpty() || new HashSet<>(names).size() != names.size()) {
            throw InvalidDocument.at(f.at("resources"), "one or more names, each once", names);
        }
        return names;
    }

    static Path path(JsonFields f, String member, Path folder) {
        return path(f, member, "the path of a file", folder);
    }

    private static Path path(JsonFields f, String member, String expected, Path folder) {
        String text = f.text(member, expected, s -> !s.isBlank());
        try {
            return folder.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw InvalidDocument.at(f.at(member), expected, text);
        }
    }
}
