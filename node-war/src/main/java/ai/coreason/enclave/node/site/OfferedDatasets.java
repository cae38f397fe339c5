package ai.coreason.enclave.node.site;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The datasets of the site's Data Package that the site file names, by their id. Immutable and thread-safe. */
public final class OfferedDatasets {
    private final Map<String, OfferedDataset> byId;

    private OfferedDatasets(Map<String, OfferedDataset> byId) {
        this.byId = byId;
    }

    /**
     * Reads the site's Data Package.
     *
     * @throws InvalidDocument if it is not one, lacks a resource that the site file names, or has two of them under one
     *     id or over one source
     * @throws IOException if a file cannot be read
     */
    public static OfferedDatasets load(SiteFile site) throws IOException {
        DataPackage dataPackage = DataPackage.read(site.dataPackage());
        Map<String, OfferedDataset> byId = new LinkedHashMap<>();
        for (int i = 0; i < site.resources().size(); i++) {
            String name = site.resources().get(i);
            String at = "resources[" + i + "]";
            DataResource resource = dataPackage
                    .resource(name)
                    .orElseThrow(() -> InvalidDocument.at(at, "a resource of the data package", name));
            Path file = dataPackage.file(resource);
            OfferedDataset offered = new OfferedDataset(dataPackage, resource, file);
            resource.dictionary(); // one too long to be told is refused here
            if (byId.values().stream().anyMatch(o -> o.file().equals(file))) {
                throw InvalidDocument.at(at, "one dataset_id for one source of records", name);
            }
            if (byId.put(resource.dataset().datasetId(), offered) != null) {
                throw InvalidDocument.at(
                        at, "every dataset_id once", resource.dataset().datasetId());
            }
        }
        return new OfferedDatasets(byId);
    }

    /** The dataset of that id. */
    public Optional<OfferedDataset> named(String datasetId) {
        return Optional.ofNullable(byId.get(datasetId));
    }

    /** All of them, in the site file's order. */
    public Collection<OfferedDataset> all() {
        return java.util.Collections.unmodifiableCollection(byId.values());
    }
}
