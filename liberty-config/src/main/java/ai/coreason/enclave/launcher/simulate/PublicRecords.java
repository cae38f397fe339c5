package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.launcher.simulate.preflight.PreflightReport;
import ai.coreason.enclave.launcher.simulate.preflight.RecordCheck;
import ai.coreason.enclave.overseer.evaluation.PublicData;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.encode.ResourceFit;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Records that no node trains on and that the Overseer measures each round's model on: a file, or a folder where the format has
 * such, that is written and described as a node's data are.
 *
 * @param file the records
 * @param resource the node's resource, as its data package describes it
 */
record PublicRecords(Path file, ObjectNode resource) {
    private static final String NAME = "hold_out";

    /** Records described as the resource of that name is. */
    static PublicRecords of(Path file, Path descriptor, String name) throws IOException {
        for (JsonNode resource : Json.read(Files.readAllBytes(descriptor)).path("resources")) {
            if (resource.path("name").asText().equals(name)) {
                return new PublicRecords(file, (ObjectNode) resource);
            }
        }
        throw InvalidDocument.at("resources", "a resource " + name, "none");
    }

    /** Checks that the file's records obey the schema, and that a model of the job can be measured on them. */
    void check(FederationJob job, PreflightReport report) throws IOException {
        Path real = file.toRealPath();
        try {
            DataPackage data = describe(real.getFileName().toString(), real.getParent());
            DataResource described = data.resources().get(0);
            List<InvalidDocument> fit = ResourceFit.objections(job, described);
            fit.forEach(o -> wrong(report, o.getMessage()));
            Set<String> notes = new LinkedHashSet<>();
            List<String> problems = RecordCheck.problems(data, described, notes::add);
            problems.forEach(p -> wrong(report, p));
            if (problems.isEmpty() && fit.isEmpty()) {
                notes.addAll(PublicData.records(
                                data, described, job, Runtime.getRuntime().maxMemory())
                        .notes());
            }
            notes.forEach(n -> report.note("--holdout: " + file + ": " + n));
        } catch (InvalidDocument e) {
            wrong(report, e.getMessage());
        }
    }

    private void wrong(PreflightReport report, String problem) {
        report.problem("--holdout: " + file + ": " + problem);
    }

    private DataPackage describe(String path, Path folder) {
        return DataPackage.parse(descriptor(path), folder);
    }

    private ObjectNode descriptor(String path) {
        ObjectNode described = Json.object();
        described
                .putArray("resources")
                .add(resource.deepCopy().put("name", NAME).put("path", path));
        return described;
    }

    /** Writes a copy, and what describes it, for an Overseer to read. */
    void write(Path folder) throws IOException {
        PrivateFile.folder(folder);
        Path copy = folder.resolve("records" + ending());
        copy(file, copy);
        PrivateFile.write(
                folder.resolve("datapackage.json"),
                Json.pretty(descriptor(copy.getFileName().toString())).getBytes(StandardCharsets.UTF_8));
    }

    private static void copy(Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            Files.copy(from, to);
            return;
        }
        Files.createDirectory(to);
        List<Path> inside;
        try (Stream<Path> all = Files.list(from)) {
            inside = all.toList();
        }
        for (Path each : inside) {
            copy(each, to.resolve(each.getFileName()));
        }
    }

    /** What says how a file is written: the last part of its name, or the last two of a compressed one. */
    private String ending() {
        if (Files.isDirectory(file)) {
            return "";
        }
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        boolean packed = name.toLowerCase(Locale.ROOT).endsWith(".gz");
        int from = packed ? name.lastIndexOf('.', dot - 1) : dot;
        String ending = name.substring(from >= 0 ? from : dot >= 0 ? dot : name.length());
        return ending.matches("[.A-Za-z0-9]{1,20}") ? ending : "";
    }
}
