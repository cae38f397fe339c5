package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.launcher.simulate.preflight.Preflight;
import ai.coreason.enclave.launcher.simulate.preflight.PreflightReport;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.DataPackage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What a simulation runs, checked before any server starts.
 *
 * @param descriptor {@code datapackage.json}, absolute
 * @param job the job as it will be submitted
 * @param dataPackage what the descriptor says
 * @param dataBytes the size of each node's files in memory, by node id, in the job's order of clients
 * @param holdOut what each round's model is measured on
 */
record Inputs(
        Path descriptor,
        FederationJob job,
        DataPackage dataPackage,
        Map<String, Long> dataBytes,
        Optional<PublicRecords> holdOut) {
    /**
     * What is asked for beside the files.
     *
     * @param nodes how many of the job's clients take part, the first ones; all if empty
     * @param seed the job's seed, over its own
     * @param allRounds whether a job that its budgets would halt is refused
     */
    record Wishes(OptionalInt nodes, OptionalLong seed, boolean allRounds) {}

    /**
     * Reads and checks both files and all records.
     *
     * @param data the folder of {@code datapackage.json}
     * @param jobFile the job
     * @param report takes whatever is wrong
     * @return empty where the report has problems
     * @throws IOException if the file system fails
     */
    static Optional<Inputs> read(Path data, Path jobFile, Wishes wishes, PreflightReport report) throws IOException {
        Path descriptor = data.toAbsolutePath().normalize().resolve("datapackage.json");
        return new Preflight(descriptor, jobFile, wishes.allRounds(), report)
                .check(document -> {
                    ObjectNode job = prepared(document, wishes.nodes(), wishes.seed());
                    noteQuorum(document, job, report);
                    return job;
                })
                .map(cleared -> new Inputs(
                        descriptor, cleared.job(), cleared.dataPackage(), cleared.dataBytes(), Optional.empty()));
    }

    /** How many nodes a round needs. */
    int minNodes() {
        return job.minClients();
    }

    /** The same, with public records that are written and described as the first client's. */
    Inputs measuredOn(Path records) throws IOException {
        return new Inputs(
                descriptor,
                job,
                dataPackage,
                dataBytes,
                Optional.of(PublicRecords.of(records, descriptor, job.clients().get(0))));
    }

    private static void noteQuorum(JsonNode asked, JsonNode prepared, PreflightReport report) {
        if (!asked.path("min_clients").equals(prepared.path("min_clients"))) {
            report.note("--nodes: min_clients is " + prepared.path("min_clients") + " in this run, the job says "
                    + asked.path("min_clients"));
        }
    }

    /** The job with its first clients only, its seed, and with an id that follows from a seeded job's content. */
    static ObjectNode prepared(JsonNode document, OptionalInt nodes, OptionalLong seed) {
        if (!(document instanceof ObjectNode object)) {
            throw InvalidDocument.at("", "an object", JsonFields.describe(document));
        }
        ObjectNode job = object.deepCopy();
        if (nodes.isPresent() && job.path("clients") instanceof ArrayNode clients) {
            if (nodes.getAsInt() < 1 || nodes.getAsInt() > clients.size()) {
                throw InvalidDocument.at("--nodes", "1 to the job's " + clients.size() + " clients", nodes.getAsInt());
            }
            while (clients.size() > nodes.getAsInt()) {
                clients.remove(clients.size() - 1);
            }
            if (job.path("min_clients").asInt() > clients.size()) {
                job.put("min_clients", clients.size());
            }
        }
        seed.ifPresent(s -> job.put("seed", s));
        if (job.has("seed") && !job.has("job_id")) {
            job.put("job_id", idOf(job).toString());
        }
        return job;
    }

    /** A UUID of version 8 (RFC 9562 section 5.8) from the first 128 bits of the job's SHA-256. */
    static UUID idOf(JsonNode job) {
        String digest = Json.digest(job);
        long high = Long.parseUnsignedLong(digest.substring(0, 16), 16);
        long low = Long.parseUnsignedLong(digest.substring(16, 32), 16);
        return new UUID((high & ~0xF000L) | 0x8000L, (low & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L);
    }
}
