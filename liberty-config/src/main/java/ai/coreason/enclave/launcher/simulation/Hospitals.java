package ai.coreason.enclave.launcher.simulation;

import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Synthetic records of hospitals that differ: in size, in the age and sex of their patients, and in how many are ill.
 *
 * <p>The generator: {@link Random} (the linear congruential generator that its contract fixes) with seed
 * {@code 1,000,003 · seed + place}, place 0 for the hold-out and 1, 2, … for the hospitals. Each of {@value #FEATURES}
 * clinical-looking features is a normal draw around the hospital's own mean, or a coin of the hospital's own bias, clipped
 * to public bounds; the label is a coin with probability σ(w·z + b), z the features in units of the whole population,
 * w fixed and the same everywhere, b the hospital's own. The same seed gives the same bytes on every machine.
 */
public final class Hospitals {
    /** Features of a record, the label apart. */
    public static final int FEATURES = 13;

    private static final int HOLD_OUT_ROWS = 600;
    private static final long SEED_STRIDE = 1_000_003;
    private static final double DELTA = 0.001;
    private static final double CEILING = 5.0;

    /** One feature: a range of whole multiples of 10^-decimals, or a coin if the bounds are 0 and 1. */
    private record Feature(
            String name, double least, double most, double mean, double spread, int decimals, double weight) {
        boolean coin() {
            return decimals == 0 && least == 0 && most == 1;
        }

        double draw(Random random, double shift) {
            if (coin()) {
                return random.nextDouble() < clip(mean + shift * 0.12) ? 1 : 0;
            }
            double scale = StrictMath.pow(10, decimals);
            double raw = mean + spread * (random.nextGaussian() + shift);
            return Math.rint(Math.min(most, Math.max(least, raw)) * scale) / scale;
        }

        double standard(double value) {
            return coin() ? value - mean : (value - mean) / spread;
        }

        private double clip(double p) {
            return Math.min(0.95, Math.max(0.05, p));
        }
    }

    private static final List<Feature> SCHEMA = List.of(
            new Feature("age", 18, 100, 56, 12, 0, 0.7),
            new Feature("sex", 0, 1, 0.5, 0, 0, 0.6),
            new Feature("systolic_pressure", 80, 220, 132, 18, 0, 0.5),
            new Feature("cholesterol", 100, 420, 210, 42, 0, 0.4),
            new Feature("glucose", 60, 320, 108, 28, 0, 0.4),
            new Feature("body_mass_index", 15, 50, 27.5, 4.5, 1, 0.3),
            new Feature("resting_rate", 40, 120, 72, 11, 0, 0.2),
            new Feature("peak_rate", 70, 210, 148, 22, 0, -0.8),
            new Feature("st_depression", 0, 6, 1.0, 1.0, 1, 0.8),
            new Feature("creatinine", 0.4, 3.0, 1.0, 0.25, 2, 0.3),
            new Feature("smoker", 0, 1, 0.3, 0, 0, 0.7),
            new Feature("diabetes", 0, 1, 0.2, 0, 0, 0.6),
            new Feature("exertional_pain", 0, 1, 0.35, 0, 0, 1.2));

    private static final int[] ROWS = {680, 420, 260, 540};
    private static final double[] SHIFT = {0.0, 0.35, -0.3, 0.15};
    private static final double[] BIAS = {-0.2, 0.7, -0.9, 0.2};

    private Hospitals() {}

    /**
     * Writes a Data Package with a table for each hospital, and {@code holdout.csv} of the whole population beside it.
     *
     * @param folder exists
     * @param count how many hospitals, at least 1
     * @return the hospitals' node ids
     */
    public static List<String> write(Path folder, int count, long seed) throws IOException {
        ObjectNode descriptor = Json.object().put("name", "synthetic-hospitals");
        ArrayNode resources = descriptor.putArray("resources");
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String node = "hospital_" + (i + 1);
            int kind = i % ROWS.length;
            nodes.add(node);
            write(folder.resolve(node + ".csv"), table(ROWS[kind], SHIFT[kind], BIAS[kind], random(seed, i + 1)));
            resources.add(resource(node, ROWS[kind]));
        }
        write(folder.resolve("holdout.csv"), table(HOLD_OUT_ROWS, 0.05, 0, random(seed, 0)));
        write(folder.resolve("datapackage.json"), Json.pretty(descriptor));
        return nodes;
    }

    /** A job for these hospitals: logistic regression, DP-SGD at ε ≤ 3, ten rounds. */
    public static ObjectNode job(List<String> nodes, long seed) {
        ObjectNode job = Json.object();
        nodes.forEach(job.putArray("clients")::add);
        job.put("min_clients", Math.max(1, nodes.size() - 1)).put("rounds", 10).put("strategy", "FED_AVG");
        job.putObject("privacy")
                .put("mechanism", "DP_SGD")
                .put("max_grad_norm", 1.0)
                .put("target_epsilon", 3.0)
                .put("target_delta", DELTA);
        ObjectNode dataset = job.putObject("dataset").put("name", "synthetic-hospitals");
        ArrayNode features = dataset.putArray("features");
        SCHEMA.forEach(
                f -> features.addObject().put("field", f.name()).put("encode", f.coin() ? "identity" : "min_max"));
        dataset.putObject("label").put("field", "ill").put("encode", "binary");
        job.putObject("training")
                .put("optimizer", "SGD")
                .put("learning_rate", 1.0)
                .put("local_steps", 10)
                .put("batch_size", 32);
        job.put("round_deadline_seconds", 120)
                .put("purpose", "A demonstration on synthetic records")
                .put("seed", seed);
        ObjectNode model = job.putObject("model").put("format", "coreason.graph/v1");
        ObjectNode input = model.putArray("inputs").addObject().put("name", "x").put("dtype", "float32");
        input.putArray("shape").add(FEATURES);
        ObjectNode layer = model.putArray("nodes").addObject().put("name", "fc").put("op", "linear");
        layer.putArray("in").add("x");
        layer.put("out_features", 1).put("bias", true);
        model.put("output", "fc").put("loss", "bce_with_logits");
        return job;
    }

    private static Random random(long seed, int place) {
        return new Random(SEED_STRIDE * seed + place);
    }

    private static String table(int rows, double shift, double bias, Random random) {
        StringBuilder text = new StringBuilder();
        SCHEMA.forEach(f -> text.append(f.name()).append(','));
        text.append("ill\n");
        for (int row = 0; row < rows; row++) {
            double risk = bias - 0.3;
            for (Feature f : SCHEMA) {
                double value = f.draw(random, shift);
                risk += f.weight() * f.standard(value);
                text.append(String.format(Locale.ROOT, "%." + f.decimals() + "f", value))
                        .append(',');
            }
            text.append(random.nextDouble() < 1 / (1 + StrictMath.exp(-risk)) ? 1 : 0)
                    .append('\n');
        }
        return text.toString();
    }

    private static ObjectNode resource(String node, int rows) {
        ObjectNode resource =
                Json.object().put("name", node).put("path", node + ".csv").put("format", "csv");
        resource.putObject("dialect").put("header", true);
        ArrayNode fields = resource.putObject("schema").putArray("fields");
        for (Feature f : SCHEMA) {
            ObjectNode constraints = fields.addObject()
                    .put("name", f.name())
                    .put("type", "number")
                    .putObject("constraints")
                    .put("required", true);
            if (f.coin()) {
                constraints.putArray("enum").add(0).add(1);
            } else {
                constraints.put("minimum", f.least()).put("maximum", f.most());
            }
        }
        ObjectNode label =
                fields.addObject().put("name", "ill").put("type", "number").putObject("constraints");
        label.put("required", true).putArray("enum").add(0).add(1);
        resource.putObject("coreason")
                .put("data_owner", node)
                .put("dataset_id", node + "_cohort")
                .put("privacy_unit", "record")
                .put("declared_rows", rows)
                .put("delta", DELTA)
                .put("epsilon_ceiling", CEILING)
                .put("public", false);
        return resource;
    }

    private static void write(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
