package ai.coreason.enclave.node.site;

import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import java.nio.file.Path;

/**
 * A dataset that the site's owner lets this node train on.
 *
 * @param dataPackage the data dictionary that describes it
 * @param resource how its file is read
 * @param file where its records lie, every link resolved
 */
public record OfferedDataset(DataPackage dataPackage, DataResource resource, Path file) {
    /** What its owner registered. */
    public Dataset dataset() {
        return resource.dataset();
    }

    /** The name of the source in the ledger: one source belongs to one dataset. */
    public String source() {
        return file.toString();
    }
}
