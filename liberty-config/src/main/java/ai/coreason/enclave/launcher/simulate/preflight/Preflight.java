package ai.coreason.enclave.launcher.simulate.preflight;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.job.DictionaryAgreement;
import ai.coreason.enclave.overseer.job.JobRefused;
import ai.coreason.enclave.overseer.job.TaskSize;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.encode.ResourceFit;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Checks a simulation's job and data by the rules of its Overseer and its nodes, before any of them starts: the job's members,
 * the data package's, whether they fit, every record, and whether the budgets last. Whatever is wrong goes into one report. Not
 * thread-safe; one instance checks once.
 */
public final class Preflight {
    /**
     * What was checked and may start.
     *
     * @param job the job
     * @param dataPackage the data package
     * @param dataBytes the size of each client's files in memory, by node id, in the job's order
     */
    public record Cleared(FederationJob job, DataPackage dataPackage, Map<String, Long> dataBytes) {}

    /** As much as an Overseer takes. */
    private static final int MOST_OF_A_JOB = 4 << 20;

    private final Path descriptor;
    private final Path jobFile;
    private final boolean allRounds;
    private final PreflightReport report;

    /**
     * @param descriptor {@code datapackage.json}
     * @param jobFile the job
     * @param allRounds whether a job that its budgets would halt is a problem
     * @param report takes problems and notes
     */
    public Preflight(Path descriptor, Path jobFile, boolean allRounds, PreflightReport report) {
        this.descriptor = descriptor;
        this.jobFile = jobFile;
        this.allRounds = allRounds;
        this.report = report;
    }

    /**
     * Checks all of it.
     *
     * @param prepare makes of the file's document the job that will be submitted
     * @return empty where the report has problems
     * @throws IOException if a file that is there cannot be read
     */
    public Optional<Cleared> check(UnaryOperator<JsonNode> prepare) throws IOException {
        Optional<FederationJob> job = job(prepare);
        Optional<DataPackage> data = dataPackage();
        Map<String, DataResource> clients = new LinkedHashMap<>();
        if (job.isPresent() && data.isPresent()) {
            clients.putAll(clients(job.get(), data.get()));
            together(job.get(), clients);
        }
        Map<String, Long> bytes = data.isEmpty() ? Map.of() : records(data.get(), clients, job);
        return report.problems().isEmpty() && job.isPresent() && data.isPresent()
                ? Optional.of(new Cleared(job.get(), data.get(), bytes))
                : Optional.empty();
    }

    private Optional<FederationJob> job(UnaryOperator<JsonNode> prepare) throws IOException {
        Optional<JsonNode> document = document(jobFile, MOST_OF_A_JOB);
        if (document.isEmpty()) {
            return Optional.empty();
        }
        try {
            JsonNode prepared = prepare.apply(document.get());
            return taken(
                            new Faults(d -> FederationJob.parse(d, JobRules.inSimulation()), Samples.job())
                                    .of(prepared),
                            jobFile)
                    ? Optional.of(FederationJob.parse(prepared, JobRules.inSimulation()))
                    : Optional.empty();
        } catch (InvalidDocument e) {
            report.problem(e.field().startsWith("--") ? e.getMessage() : jobFile + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<DataPackage> dataPackage() throws IOException {
        Optional<JsonNode> document = document(descriptor, DataPackage.MAX_BYTES);
        if (document.isEmpty()) {
            return Optional.empty();
        }
        Path folder = descriptor.toAbsolutePath().getParent();
        Faults faults = new Faults(d -> DataPackage.parse(d, folder), Samples.dataPackage());
        if (!taken(faults.of(document.get()), descriptor)
                || !filesAreThere(DataPackage.parse(document.get(), folder))) {
            return Optional.empty();
        }
        try {
            return Optional.of(DataPackage.read(descriptor));
        } catch (InvalidDocument e) {
            report.problem(descriptor + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Whether a document has no faults; those that it has go into the report. */
    private boolean taken(Faults.Found found, Path file) {
        found.faults().forEach(fault -> report.problem(file + ": " + fault.getMessage()));
        if (!found.all()) {
            report.problem(file + ": and perhaps more, which the next run tells once these are mended");
        }
        return found.faults().isEmpty();
    }

    private boolean filesAreThere(DataPackage data) throws IOException {
        boolean all = true;
        for (DataResource resource : data.resources()) {
            try {
                data.files(resource);
            } catch (InvalidDocument e) {
                report.problem(descriptor + ": " + e.getMessage());
                all = false;
            }
        }
        return all;
    }

    private Map<String, DataResource> clients(FederationJob job, DataPackage data) {
        List<String> names = data.resources().stream().map(DataResource::name).toList();
        Map<String, DataResource> found = new LinkedHashMap<>();
        for (int i = 0; i < job.clients().size(); i++) {
            String node = job.clients().get(i);
            Optional<DataResource> resource = data.resource(node);
            resource.ifPresent(r -> found.put(node, r));
            if (resource.isEmpty()) {
                ofJob("clients[" + i + "]: expected the name of a resource of " + descriptor + " ("
                        + String.join(", ", names) + "), got " + node);
            }
        }
        return found;
    }

    /** What the Overseer and the nodes would refuse once they have started. */
    private void together(FederationJob job, Map<String, DataResource> clients) {
        Map<String, List<String>> objections = new LinkedHashMap<>();
        clients.forEach((node, resource) -> ResourceFit.objections(job, resource)
                .forEach(o -> objections
                        .computeIfAbsent(o.getMessage(), m -> new ArrayList<>())
                        .add(node)));
        objections.forEach((message, nodes) -> ofJob(message + " (" + String.join(", ", nodes) + ")"));
        attempt(() -> TaskSize.require(job));
        attempt(() -> requireModel(job));
        if (clients.size() < job.clients().size()) {
            return;
        }
        attempt(() -> DictionaryAgreement.require(
                job, node -> Optional.of(clients.get(node).dictionary())));
        Map<String, Dataset> datasets = new LinkedHashMap<>();
        clients.forEach((node, resource) -> datasets.put(node, resource.dataset()));
        new BudgetCheck(job, datasets).into(report, jobFile.toString(), allRounds);
    }

    private static void requireModel(FederationJob job) {
        job.initialModel().ifPresent(digest -> {
            throw InvalidDocument.at(
                    "initial_model", "nothing, as a simulation's Overseer begins without models", digest);
        });
        ModelStore.requireTrained(job.model());
    }

    private Map<String, Long> records(DataPackage data, Map<String, DataResource> clients, Optional<FederationJob> job)
            throws IOException {
        Map<String, Long> bytes = new LinkedHashMap<>();
        Map<String, DataResource> read = new LinkedHashMap<>(clients);
        if (read.isEmpty()) {
            data.resources().forEach(r -> read.put(r.name(), r));
        }
        for (Map.Entry<String, DataResource> e : read.entrySet()) {
            long size = RecordCheck.bytes(data.files(e.getValue()));
            bytes.put(e.getKey(), size);
            new RecordCheck(data, e.getValue(), clients.isEmpty() ? Optional.empty() : job).into(report, size);
        }
        return bytes;
    }

    /** @param most how many bytes are read */
    private Optional<JsonNode> document(Path file, int most) throws IOException {
        if (!Files.isRegularFile(file)) {
            String came = Files.isDirectory(file) ? "a folder" : Files.exists(file) ? "no plain file" : "nothing";
            report.problem(file + ": expected a file, got " + came);
            return Optional.empty();
        }
        if (Files.size(file) > most) {
            report.problem(file + ": expected at most " + (most >> 20) + " MiB, got " + (Files.size(file) >> 20));
            return Optional.empty();
        }
        if (!Files.isReadable(file)) {
            report.problem(file + ": expected a file that can be read, got one that this user may not read");
            return Optional.empty();
        }
        try {
            return Optional.of(Json.read(Files.readAllBytes(file)));
        } catch (InvalidDocument e) {
            report.problem(file + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private void attempt(Runnable check) {
        try {
            check.run();
        } catch (InvalidDocument | JobRefused e) {
            ofJob(e.getMessage());
        }
    }

    private void ofJob(String message) {
        report.problem(jobFile + ": " + message);
    }
}
