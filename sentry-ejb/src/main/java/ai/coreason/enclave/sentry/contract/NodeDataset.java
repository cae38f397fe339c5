package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;

/**
 * A dataset of one node, as a site tells it from its others. Its text is {@code node_id/dataset_id}; neither holds a slash.
 *
 * @param nodeId the node, an identifier
 * @param datasetId the dataset, an identifier
 */
public record NodeDataset(String nodeId, String datasetId) {
    /** Checks both. */
    public NodeDataset {
        if (!JsonFields.isIdentifier(nodeId) || !JsonFields.isIdentifier(datasetId)) {
            throw new IllegalArgumentException("expected two identifiers, " + JsonFields.IDENTIFIER + ", got others");
        }
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @param path where it stands, for errors
     * @throws InvalidDocument if it is not two identifiers and a slash between them
     */
    public static NodeDataset parse(String text, String path) {
        int slash = text.indexOf('/');
        if (slash < 0
                || !JsonFields.isIdentifier(text.substring(0, slash))
                || !JsonFields.isIdentifier(text.substring(slash + 1))) {
            throw InvalidDocument.at(path, "node_id/dataset_id, each " + JsonFields.IDENTIFIER, text);
        }
        return new NodeDataset(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public String toString() {
        return nodeId + "/" + datasetId;
    }
}
