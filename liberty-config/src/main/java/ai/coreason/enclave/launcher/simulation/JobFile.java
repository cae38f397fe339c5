package ai.coreason.enclave.launcher.simulation;

import ai.coreason.enclave.launcher.server.LaunchFailure;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.json.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/** A federation job as it is submitted; the Overseer judges it in full. Immutable. */
public final class JobFile {
    private static final long VERSION_MASK = 0xf000L;
    private static final long VERSION_8 = 0x8000L;
    private static final long VARIANT_MASK = 0xc000_0000_0000_0000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final ObjectNode json;
    private final List<String> clients;

    private JobFile(ObjectNode json, List<String> clients) {
        this.json = json;
        this.clients = clients;
    }

    /**
     * Reads a job.
     *
     * @throws LaunchFailure naming the file and what in it is not as expected
     */
    public static JobFile read(Path file) {
        try {
            return of(Json.read(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw LaunchFailure.usage("--job " + file + ": cannot be read (" + e + ")");
        } catch (InvalidDocument e) {
            throw LaunchFailure.usage("--job " + file + ": " + e.getMessage());
        }
    }

    /**
     * Takes a job. One with a {@code seed} and no {@code job_id} gets the id that {@link #seededId} derives from it, so
     * that a repeated run is the same to the byte.
     *
     * @throws InvalidDocument if it is no object, or its clients are not an array of names
     */
    public static JobFile of(JsonNode document) {
        JsonFields f = JsonFields.of(document, "");
        List<String> clients = f.texts("clients");
        f.whole("rounds", 1, Integer.MAX_VALUE);
        ObjectNode json = ((ObjectNode) document).deepCopy();
        if (json.hasNonNull("seed") && !json.hasNonNull("job_id")) {
            json.remove("job_id");
            json.put("job_id", seededId(json).toString());
        }
        return new JobFile(json, clients);
    }

    /** The UUID of version 8 (RFC 9562 section 5.8) whose free bits are the first of the job's SHA-256 (RFC 8785). */
    static UUID seededId(ObjectNode jobWithoutId) {
        ByteBuffer digest = ByteBuffer.wrap(HexFormat.of().parseHex(Json.digest(jobWithoutId)));
        long high = digest.getLong();
        long low = digest.getLong();
        return new UUID(high & ~VERSION_MASK | VERSION_8, low & ~VARIANT_MASK | VARIANT);
    }

    /** The job cut to its first clients: another job, so without the id of this one. */
    public JobFile first(int count) {
        ObjectNode cut = json.deepCopy();
        cut.remove("job_id");
        cut.putArray("clients");
        clients.subList(0, count).forEach(c -> cut.withArray("clients").add(c));
        return of(cut);
    }

    /** The document that is submitted; a copy. */
    public ObjectNode json() {
        return json.deepCopy();
    }

    /** The nodes that take part. */
    public List<String> clients() {
        return clients;
    }

    /** How many of them a round needs; 1 where the job does not say. */
    public int minClients() {
        return Math.max(1, json.path("min_clients").asInt(1));
    }

    /** How many rounds it asks for. */
    public int rounds() {
        return json.path("rounds").asInt();
    }
}
