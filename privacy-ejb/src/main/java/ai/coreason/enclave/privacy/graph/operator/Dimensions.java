package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Attributes that name dimensions as PyTorch counts them: the batch is dimension 0, which no operator may touch, and
 * negative numbers count from the end.
 */
final class Dimensions {
    private Dimensions() {}

    /** Reads one dimension of a value of {@code rank} dimensions besides the batch; in [1, rank]. */
    static int read(JsonFields fields, String name, int rank) {
        return resolve(fields, name, fields.whole(name, -rank, rank), rank);
    }

    /** Reads one dimension or an array of different ones; each in [1, rank]. */
    static List<Integer> readSome(JsonFields fields, String name, int rank) {
        String expected = "a dimension or an array of different dimensions";
        JsonNode node = fields.any(name, expected);
        if (!node.isArray()) {
            return List.of(read(fields, name, rank));
        }
        List<Integer> dimensions = fields.wholes(name, -rank, rank).stream()
                .map(d -> resolve(fields, name, d, rank))
                .toList();
        if (dimensions.isEmpty() || dimensions.stream().distinct().count() < dimensions.size()) {
            throw InvalidDocument.at(fields.at(name), expected, node);
        }
        return dimensions;
    }

    private static int resolve(JsonFields fields, String name, long dimension, int rank) {
        if (dimension == 0) {
            throw InvalidDocument.at(
                    fields.at(name),
                    "a dimension of the example (dimension 0 is the batch, whose samples never mix)",
                    0);
        }
        return (int) (dimension < 0 ? dimension + rank + 1 : dimension);
    }
}
