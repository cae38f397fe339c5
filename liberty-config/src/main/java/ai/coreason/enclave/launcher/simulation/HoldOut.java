package ai.coreason.enclave.launcher.simulation;

import ai.coreason.enclave.launcher.server.LaunchFailure;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A public table on which the global model is judged after a round: no record of a node is in it, so it costs no privacy.
 * For models that are a {@link DenseModel}.
 */
final class HoldOut {
    private static final int HEADER_BYTES = 8;

    private final DenseModel model;
    private final List<double[]> inputs = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    private HoldOut(DenseModel model) {
        this.model = model;
    }

    /**
     * Reads a table with a header, encoded as the job's {@code dataset} says.
     *
     * @param fields the Table Schema's fields by name, for bounds
     * @throws LaunchFailure if the model, an encoding or the table does not allow it; the message says why
     */
    static HoldOut read(Path csv, JsonNode job, Map<String, JsonNode> fields) {
        DenseModel.obstacle(job.path("model")).ifPresent(why -> {
            throw LaunchFailure.usage("--holdout: no accuracy for this job: " + why);
        });
        HoldOut holdOut = new HoldOut(DenseModel.of(job.path("model")));
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (CSVParser table = CSVParser.parse(csv, StandardCharsets.UTF_8, format)) {
            for (CSVRecord row : table) {
                holdOut.add(row, job.path("dataset"), fields);
            }
        } catch (IOException e) {
            throw LaunchFailure.usage("--holdout " + csv + ": cannot be read (" + e + ")");
        } catch (IllegalArgumentException e) {
            throw LaunchFailure.usage("--holdout " + csv + ": " + e.getMessage());
        }
        if (holdOut.inputs.isEmpty()) {
            throw LaunchFailure.usage("--holdout " + csv + ": expected at least one row, got none");
        }
        return holdOut;
    }

    /** The share of rows that a model file predicts right, in [0, 1]; empty while there is no file. */
    OptionalDouble accuracy(Path safetensors) throws IOException {
        if (!Files.exists(safetensors)) {
            return OptionalDouble.empty();
        }
        Map<String, float[]> weights = weights(Files.readAllBytes(safetensors));
        long right = 0;
        for (int i = 0; i < inputs.size(); i++) {
            right += model.predict(weights, inputs.get(i)) == labels.get(i) ? 1 : 0;
        }
        return OptionalDouble.of((double) right / inputs.size());
    }

    /** The share of the commonest class: what guessing reaches. */
    double majority() {
        Map<Integer, Long> counts = new HashMap<>();
        labels.forEach(l -> counts.merge(l, 1L, Long::sum));
        return counts.values().stream().mapToLong(Long::longValue).max().orElse(0) / (double) labels.size();
    }

    private void add(CSVRecord row, JsonNode dataset, Map<String, JsonNode> fields) {
        JsonNode features = dataset.path("features");
        double[] input = new double[features.size()];
        for (int i = 0; i < input.length; i++) {
            input[i] = encode(row, features.get(i), fields);
        }
        if (input.length != model.inputs()) {
            throw new IllegalArgumentException(
                    "the model takes " + model.inputs() + " numbers, the job's features give " + input.length);
        }
        inputs.add(input);
        labels.add((int) encode(row, dataset.path("label"), fields));
    }

    private static double encode(CSVRecord row, JsonNode asked, Map<String, JsonNode> fields) {
        String name = asked.path("field").asText();
        String text = row.get(name);
        JsonNode constraints = fields.getOrDefault(name, Json.object()).path("constraints");
        return switch (asked.path("encode").asText()) {
            case "identity", "binary" -> number(row, name, text);
            case "min_max" -> {
                double least = constraints.path("minimum").asDouble();
                yield (number(row, name, text) - least)
                        / (constraints.path("maximum").asDouble() - least);
            }
            case "standardise" ->
                (number(row, name, text) - asked.path("mean").asDouble())
                        / asked.path("std").asDouble();
            case "class" -> {
                List<String> values = new ArrayList<>();
                constraints.path("enum").forEach(v -> values.add(v.asText()));
                yield values.indexOf(text);
            }
            default ->
                throw new IllegalArgumentException(
                        "encoding " + asked.path("encode") + " of " + name + " is not computed here");
        };
    }

    private static double number(CSVRecord row, String name, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "row " + row.getRecordNumber() + ": " + name + ": expected a number, got something else", e);
        }
    }

    /** The tensors of a safetensors file from the Overseer: length, header, little-endian data. */
    private static Map<String, float[]> weights(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int header = Math.toIntExact(bytes.getLong());
        JsonNode tensors = Json.read(new String(file, HEADER_BYTES, header, StandardCharsets.UTF_8));
        Map<String, float[]> weights = new HashMap<>();
        tensors.properties().forEach(t -> {
            JsonNode offsets = t.getValue().path("data_offsets");
            if (offsets.size() == 2) {
                int from = offsets.get(0).asInt();
                float[] values = new float[(offsets.get(1).asInt() - from) / Float.BYTES];
                bytes.slice(HEADER_BYTES + header + from, values.length * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(values);
                weights.put(t.getKey(), values);
            }
        });
        return weights;
    }
}
