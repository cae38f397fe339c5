package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which dataset a job trains on, and how its fields become a model's input and target.
 *
 * @param name the dataset's id, the same at every node
 * @param features the input's fields in the order of the model's input; at least one, no field twice
 * @param label the target's field
 */
public record DatasetSpec(String name, List<EncodedField> features, EncodedField label) {
    /** Most features a job may name. */
    public static final int MAX_FEATURES = 10_000;

    /** Copies the list. */
    public DatasetSpec {
        features = List.copyOf(features);
    }

    /** Whether the data is a pair of tensors, not a table. */
    public boolean tensors() {
        return features.get(0).encode() instanceof EncodingSpec.Elements;
    }

    static DatasetSpec read(JsonFields f) {
        String name = f.identifier("name");
        List<EncodedField> features =
                f.objects("features").stream().map(EncodedField::readFeature).toList();
        if (features.isEmpty() || features.size() > MAX_FEATURES) {
            throw InvalidDocument.at(f.at("features"), "1 to " + MAX_FEATURES + " features", features.size());
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < features.size(); i++) {
            EncodedField feature = features.get(i);
            if (!seen.add(feature.field())) {
                throw InvalidDocument.at(f.at("features[" + i + "].field"), "every field once", feature.field());
            }
            if (feature.encode() instanceof EncodingSpec.Elements && features.size() > 1) {
                throw InvalidDocument.at(
                        f.at("features"), "a tensor to be the only feature", features.size() + " features");
            }
        }
        EncodedField label = EncodedField.readLabel(f.object("label"));
        f.end();
        return new DatasetSpec(name, features, label);
    }
}
