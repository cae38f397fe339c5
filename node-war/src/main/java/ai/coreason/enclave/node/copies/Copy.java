package ai.coreason.enclave.node.copies;

import ai.coreason.enclave.sentry.contract.NodeDataset;

/**
 * Another dataset of the site with which one shares records.
 *
 * @param other the dataset that was read before
 * @param records about how many they share, to two digits
 */
public record Copy(NodeDataset other, long records) {
    static Copy of(NodeDataset other, Overlap overlap) {
        long unit = 1;
        while (overlap.estimate() / unit >= 100) {
            unit *= 10;
        }
        return new Copy(other, (overlap.estimate() + unit / 2) / unit * unit);
    }
}
