package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.EncodingSpec;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.StatedBounds;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import ai.coreason.enclave.sentry.data.schema.TensorSchema;
import ai.coreason.enclave.sentry.data.schema.Tensors;
import ai.coreason.enclave.sentry.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether a job, its model and a site's data dictionary fit one another, judged by what they declare and before a record is
 * read. Not thread-safe; one instance judges one pair.
 */
public final class ResourceFit {
    private final FederationJob job;
    private final List<InvalidDocument> objections = new ArrayList<>();

    private ResourceFit(FederationJob job) {
        this.job = job;
    }

    /** All that speaks against training a job on a resource, each naming the job's member; empty if they fit. */
    public static List<InvalidDocument> objections(FederationJob job, DataResource resource) {
        ResourceFit fit = new ResourceFit(job);
        fit.terms(resource);
        if (resource.format().layout() instanceof TableSchema table) {
            fit.table(table);
        } else {
            Tensors tensors = (Tensors) resource.format().layout();
            fit.attempt(() -> requireTensors(job, tensors));
        }
        return List.copyOf(fit.objections);
    }

    /**
     * Refuses a job that is for another dataset, or that takes who a unit is as an input: a model could learn it by heart.
     *
     * @throws InvalidDocument naming the job's member
     */
    static void requireTerms(FederationJob job, DataResource resource) {
        ResourceFit fit = new ResourceFit(job);
        fit.terms(resource);
        fit.throwFirst();
    }

    /**
     * Refuses a job whose fields are not columns that it can encode, or do not make the numbers that the model takes and gives.
     *
     * @throws InvalidDocument naming the job's member
     */
    static void requireTable(FederationJob job, TableSchema schema) {
        ResourceFit fit = new ResourceFit(job);
        fit.table(schema);
        fit.throwFirst();
    }

    /**
     * Refuses a job whose input and label are not tensors of the shapes that the model takes and gives.
     *
     * @throws InvalidDocument naming the job's member
     */
    static void requireTensors(FederationJob job, Tensors schema) {
        EncodedField input = job.dataset().features().get(0);
        EncodedField label = job.dataset().label();
        if (!(input.encode() instanceof EncodingSpec.Elements)) {
            throw InvalidDocument.at(
                    "dataset.features[0].encode",
                    "tensor: the data is not a table",
                    input.encode().wire());
        }
        if (!label.encode().order().isEmpty()) {
            throw InvalidDocument.at("dataset.label.order", "no order of a tensor's numbers", "one");
        }
        List<Long> example = find(schema, input, "dataset.features[0].field").exampleShape();
        if (!example.equals(job.model().input().shape().extents())) {
            throw InvalidDocument.at(
                    "dataset.features[0]", "examples of the model's input " + describe(job.model()), example);
        }
        requireLabelTensor(job, label, find(schema, label, "dataset.label.field"));
    }

    private static void requireLabelTensor(FederationJob job, EncodedField label, TensorSchema labels) {
        AskedColumn.requireCommonNumbers(label, labels.minimum(), labels.maximum(), "dataset.label");
        long each = labels.exampleShape().stream().reduce(1L, Math::multiplyExact);
        boolean classes = label.encode() instanceof EncodingSpec.ClassIndex;
        if (classes || label.encode() instanceof EncodingSpec.Binary) {
            requireWholeFromZero(labels, classes);
        }
        if (classes && !labels.exampleShape().isEmpty()) {
            throw InvalidDocument.at("dataset.label", "one class for each example", labels.exampleShape());
        }
        if (label.encode() instanceof EncodingSpec.MinMax) {
            requireBounds(label, labels);
        }
        requireLabel(job.model(), classes, classes ? (long) labels.maximum().orElseThrow() + 1 : each);
    }

    private void terms(DataResource resource) {
        String id = resource.dataset().datasetId();
        if (!job.dataset().name().equals(id)) {
            objections.add(InvalidDocument.at(
                    "dataset.name",
                    "the dataset " + id + " of resource " + resource.name(),
                    job.dataset().name()));
        }
        for (int i = 0; i < job.dataset().features().size(); i++) {
            other(resource, job.dataset().features().get(i).field(), "dataset.features[" + i + "].field");
        }
        other(resource, job.dataset().label().field(), "dataset.label.field");
    }

    private void other(DataResource resource, String field, String path) {
        if (resource.namesUnits(field)) {
            objections.add(InvalidDocument.at(path, "another field than the one that says whose a record is", field));
        }
    }

    private void table(TableSchema schema) {
        List<EncodedField> asked = job.dataset().features();
        List<FeatureEncoder> features = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            EncodedField field = asked.get(i);
            String path = "dataset.features[" + i + "]";
            attempt(() -> FeatureEncoder.of(field, path, schema)).ifPresent(features::add);
        }
        Optional<FeatureEncoder> label =
                attempt(() -> FeatureEncoder.of(job.dataset().label(), "dataset.label", schema));
        if (features.size() == asked.size()) {
            attempt(() -> requireShape(job.model(), features));
        }
        boolean classes = job.dataset().label().encode() instanceof EncodingSpec.ClassIndex;
        label.ifPresent(l -> attempt(() -> requireLabel(job.model(), classes, classes ? l.values() : 1)));
    }

    /** One field of more than one side is the input as it is; others stand one after another. */
    private static void requireShape(ModelGraph model, List<FeatureEncoder> features) {
        List<Long> only = features.get(0).shape();
        boolean alone = features.size() == 1 && only.size() > 1;
        long numbers = features.stream().mapToLong(FeatureEncoder::width).sum();
        if (!model.input().shape().extents().equals(alone ? only : List.of(numbers))) {
            throw InvalidDocument.at(
                    "dataset.features",
                    "as many numbers as the model's input " + describe(model) + " takes",
                    alone ? only : numbers);
        }
    }

    /**
     * Refuses a label that the model's output cannot predict.
     *
     * @param values how many classes the schema allows, or how many numbers one label has
     */
    private static void requireLabel(ModelGraph model, boolean classes, long values) {
        long outputs = Arrays.stream(model.outputShape()).reduce(1, Math::multiplyExact);
        if (classes && values > outputs) {
            throw InvalidDocument.at(
                    "dataset.label",
                    "at most " + outputs + " classes, as the model's output",
                    values + " in the schema");
        }
        if (!classes && values != outputs) {
            throw InvalidDocument.at(
                    "dataset.label", outputs + " numbers for each example, as the model's output", values);
        }
    }

    /** The schema's own bounds must promise classes, or 0 and 1, so that no value of the data decides. */
    private static void requireWholeFromZero(TensorSchema labels, boolean classes) {
        boolean unsigned = labels.dtype() == DType.U8 || labels.dtype() == DType.BOOL;
        boolean least = unsigned || labels.minimum().orElse(-1) >= 0;
        boolean most =
                labels.maximum().isPresent() && (classes || labels.maximum().getAsDouble() <= 1);
        if (!labels.dtype().whole() || !least || !most) {
            throw InvalidDocument.at(
                    "dataset.label.encode",
                    "the local schema of the label to promise "
                            + (classes ? "whole numbers from 0 to a maximum" : "0 or 1"),
                    "a schema without");
        }
    }

    private static void requireBounds(EncodedField label, TensorSchema labels) {
        StatedBounds stated = label.encode().bounds();
        double least = (stated.stated() ? stated.minimum() : labels.minimum()).orElse(Double.NaN);
        double most = (stated.stated() ? stated.maximum() : labels.maximum()).orElse(Double.NaN);
        if (!(least < most)) {
            throw InvalidDocument.at(
                    "dataset.label.encode",
                    "the local schema of the label to have minimum < maximum",
                    "a schema without");
        }
    }

    private static TensorSchema find(Tensors schema, EncodedField asked, String path) {
        TensorSchema found = schema.tensors().get(asked.field());
        if (found == null) {
            throw InvalidDocument.at(path, "a tensor of the local schema", asked.field());
        }
        return found;
    }

    /** The input's name and shape, for an error. */
    private static String describe(ModelGraph model) {
        return model.input().name() + " " + model.input().shape().extents();
    }

    private <T> Optional<T> attempt(Supplier<T> check) {
        try {
            return Optional.of(check.get());
        } catch (InvalidDocument e) {
            objections.add(e);
            return Optional.empty();
        }
    }

    private void attempt(Runnable check) {
        try {
            check.run();
        } catch (InvalidDocument e) {
            objections.add(e);
        }
    }

    private void throwFirst() {
        if (!objections.isEmpty()) {
            throw objections.get(0);
        }
    }
}
