package ai.coreason.enclave.node.copies;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.contract.NodeDataset;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.schema.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Datasets in a folder, described by as little as they need, read and compared as a node does it. */
final class ReadPackage {
    private final Path folder;

    ReadPackage(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads a dataset of a CSV file.
     *
     * @param about further members of the resource, such as {@code "dialect": {...}}, each with a comma after it
     */
    List<Copy> csv(FingerprintFolder prints, String dataset, String file, String fields, String about)
            throws IOException, UnusableSketch {
        Files.writeString(folder.resolve(dataset + ".csv"), file);
        return read(prints, describe(dataset, """
                {"name": "r", "path": "%s.csv", "format": "csv", %s
                 "schema": {"fields": %s}, %s}
                """.formatted(dataset, about, fields, coreason(dataset, "\"record\""))));
    }

    /** Reads a dataset of a CSV file of {@link People}. */
    List<Copy> people(FingerprintFolder prints, String dataset, int from, int to) throws IOException, UnusableSketch {
        return csv(prints, dataset, People.file(from, to), People.FIELDS, "");
    }

    static String coreason(String dataset, String unit) {
        return """
                "coreason": {"data_owner": "o", "dataset_id": "%s", "privacy_unit": %s,
                             "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 5.0}""".formatted(dataset, unit);
    }

    /** The one resource of a package. */
    DataPackage describe(String dataset, String resource) throws IOException {
        Path file = folder.resolve(dataset + ".json");
        return DataPackage.read(Files.writeString(file, "{\"resources\": [" + resource + "]}"));
    }

    List<Copy> read(FingerprintFolder prints, DataPackage data) throws IOException, UnusableSketch {
        return read(prints, data, data.resources().get(0), Set.of());
    }

    static List<Copy> read(FingerprintFolder prints, DataPackage data, DataResource resource, Set<NodeDataset> distinct)
            throws IOException, UnusableSketch {
        return prints.keep(resource, taken(prints.begin(resource), data, resource), distinct);
    }

    /** The same fingerprints, after all records were read. */
    static Fingerprints taken(Fingerprints fingerprints, DataPackage data, DataResource resource) throws IOException {
        Findings found = resource.format().read(data.files(resource), fingerprints);
        assertThat(found.clean()).as(found.toString()).isTrue();
        return fingerprints;
    }
}
