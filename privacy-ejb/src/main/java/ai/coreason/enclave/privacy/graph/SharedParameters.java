package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.List;

/** Attributes by which a node would use another node's parameters ("tied weights"). */
final class SharedParameters {
    private static final List<String> NAMES = List.of(
            "weight",
            "weights",
            "tie",
            "tied",
            "tied_to",
            "tie_weights",
            "share",
            "shared",
            "shared_with",
            "share_weights");

    private SharedParameters() {}

    /**
     * Refuses a node that asks for another's parameters.
     *
     * @throws InvalidDocument at the attribute
     */
    static void refuse(JsonFields node) {
        for (String name : NAMES) {
            if (node.has(name)) {
                throw InvalidDocument.at(
                        node.at(name),
                        "parameters of the node's own (tied weights: the norm of an example's gradient would not be the"
                                + " sum over the nodes, so its influence would not be bounded)",
                        JsonFields.describe(node.any(name, "")));
            }
        }
    }
}
