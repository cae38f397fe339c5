package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.job.DictionaryAgreement;
import ai.coreason.enclave.overseer.job.JobRefused;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.data.schema.DataPackage;
import ai.coreason.enclave.sentry.data.schema.DataResource;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What a simulation runs, checked before any server starts.
 *
 * @param descriptor {@code datapackage.json}, absolute
 * @param job the job as it will be submitted
 * @param dataBytes the size of each node's files, by node id, in the job's order of clients
 * @param minNodes how many nodes a round needs
 */
record Inputs(Path descriptor, ObjectNode job, Map<String, Long> dataBytes, int minNodes) {
    /**
     * Reads and checks both.
     *
     * @param data the folder of {@code datapackage.json}
     * @param jobFile the job
     * @param nodes how many of the job's clients take part, the first ones; all if empty
     * @param seed the job's seed, over its own
     * @throws InvalidDocument naming the file and the member that does not fit
     */
    static Inputs read(Path data, Path jobFile, OptionalInt nodes, OptionalLong seed) throws IOException {
        Path descriptor = data.toAbsolutePath().normalize().resolve("datapackage.json");
        DataPackage dataPackage = inFile(descriptor, () -> DataPackage.read(descriptor));
        ObjectNode job = inFile(jobFile, () -> prepared(Json.read(Files.readAllBytes(jobFile)), nodes, seed));
        FederationJob parsed = inFile(jobFile, () -> FederationJob.parse(job, JobRules.inSimulation()));
        Map<String, Long> bytes = new LinkedHashMap<>();
        for (String node : parsed.clients()) {
            var resource = dataPackage
                    .resource(node)
                    .orElseThrow(() ->
                            InvalidDocument.at(jobFile + ": clients", "names of resources in " + descriptor, node));
            for (Path file : dataPackage.files(resource)) {
                bytes.merge(node, Files.size(file) * unpacking(file), Long::sum);
            }
        }
        requireAgreement(jobFile, parsed, dataPackage);
        return new Inputs(descriptor, job, bytes, parsed.minClients());
    }

    /** How much longer a file is in memory: records that gzip holds are about ten times as long. */
    private static long unpacking(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".gz") ? 10 : 1;
    }

    /** What the Overseer would refuse once all servers have started. */
    private static void requireAgreement(Path jobFile, FederationJob job, DataPackage dataPackage) throws IllegalInput {
        try {
            DictionaryAgreement.require(job, node -> dataPackage.resource(node).map(DataResource::dictionary));
        } catch (JobRefused e) {
            throw new IllegalInput(jobFile, e);
        }
    }

    /** The job with its first clients only, its seed, and with an id that follows from a seeded job's content. */
    static ObjectNode prepared(JsonNode document, OptionalInt nodes, OptionalLong seed) {
        if (!(document instanceof ObjectNode job)) {
            throw InvalidDocument.at("", "an object", "another");
        }
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

    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> T inFile(Path file, Reading<T> reading) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw InvalidDocument.at(file.toString(), "a file", Files.exists(file) ? "something else" : "nothing");
        }
        try {
            return reading.read();
        } catch (InvalidDocument e) {
            throw new IllegalInput(file, e);
        }
    }

    /** A document that was refused, with the file it stands in. */
    static final class IllegalInput extends IOException {
        private static final long serialVersionUID = 1L;

        IllegalInput(Path file, RuntimeException cause) {
            super(file + ": " + cause.getMessage(), cause);
        }
    }
}
