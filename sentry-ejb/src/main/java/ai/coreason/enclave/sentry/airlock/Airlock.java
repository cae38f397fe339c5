package ai.coreason.enclave.sentry.airlock;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.plan.PlanRanges;
import ai.coreason.enclave.sentry.airlock.Violation.Rule;
import ai.coreason.enclave.sentry.tensor.DType;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The check of everything that leaves a node or enters the Overseer: exactly the parameters of the job's graph, F32, of
 * the graph's shapes and finite, a model's of usual magnitudes, with no metadata but what the checker itself expects. A node runs it before it seals,
 * the Overseer after it opens. Thread-safe.
 */
public final class Airlock {
    private static final int MAX_VIOLATIONS = 100;

    /** What a file is supposed to carry. */
    public enum Cargo {
        /** The trainable parameters. */
        UPDATE,
        /** All parameters. */
        MODEL
    }

    /**
     * What else is allowed.
     *
     * @param metadata the only entries that may appear, with their only values; none has to
     * @param maxNorm largest L2 norm over all elements, where there is a limit
     */
    public record Limits(Map<String, String> metadata, OptionalDouble maxNorm) {
        /** Copies the map. */
        public Limits {
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }
    }

    private final Set<ParameterSpec> wanted;
    private final ModelGraph graph;
    private final Cargo cargo;
    private final List<Violation> violations = new ArrayList<>();

    private Airlock(ModelGraph graph, Cargo cargo) {
        this.graph = graph;
        this.cargo = cargo;
        this.wanted = graph.parameters().stream()
                .filter(p -> cargo == Cargo.MODEL || p.trainable())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Judges a file by every rule, and reports all that it breaks, by the tensor's name and without a value. */
    public static Passage check(ModelGraph graph, Safetensors file, Cargo cargo, Limits limits) {
        return new Airlock(graph, cargo).judge(file, limits);
    }

    /** Judges a file likewise, and gives no weights, which would be copies: only why it does not pass, if it does not. */
    public static Optional<Passage.Refused> refusal(ModelGraph graph, Safetensors file, Cargo cargo, Limits limits) {
        return new Airlock(graph, cargo).refusal(file, limits);
    }

    /**
     * Writes weights in the one form that passes: the graph's order, F32, and this metadata. The same input gives the
     * same bytes.
     *
     * @throws IllegalArgumentException if the weights do not fit the graph
     */
    public static byte[] write(ModelGraph graph, Weights weights, Map<String, String> metadata) {
        List<Tensor> tensors = new ArrayList<>();
        for (ParameterSpec p : graph.parameters()) {
            if (weights.names().contains(p.name())) {
                tensors.add(Tensor.of(p.name(), p.shape(), weights.get(p.name())));
            }
        }
        return Safetensors.write(metadata, tensors);
    }

    private Passage judge(Safetensors file, Limits limits) {
        Optional<Passage.Refused> refusal = refusal(file, limits);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Map<String, float[]> values = new LinkedHashMap<>();
        wanted.forEach(
                spec -> values.put(spec.name(), file.tensors().get(spec.name()).floats()));
        return new Passage.Admitted(cargo == Cargo.MODEL ? Weights.of(graph, values) : Weights.ofUpdate(graph, values));
    }

    private Optional<Passage.Refused> refusal(Safetensors file, Limits limits) {
        file.metadata().forEach((key, value) -> {
            if (!value.equals(limits.metadata().get(key))) {
                refuse(key, Rule.METADATA, "only the job's own entries");
            }
        });
        Set<String> known = wanted.stream().map(ParameterSpec::name).collect(Collectors.toSet());
        for (String name : file.tensors().keySet()) {
            if (!known.contains(name)) {
                refuse(name, Rule.UNKNOWN, "a parameter of the graph");
            }
        }
        double squares = 0;
        for (ParameterSpec spec : wanted) {
            Tensor tensor = file.tensors().get(spec.name());
            if (fits(spec, tensor)) {
                squares += squares(tensor);
            }
        }
        if (limits.maxNorm().isPresent()
                && !(Math.sqrt(squares) <= limits.maxNorm().getAsDouble())) {
            refuse(
                    "update",
                    Rule.NORM,
                    "an L2 norm of at most " + limits.maxNorm().getAsDouble());
        }
        return violations.isEmpty() ? Optional.empty() : Optional.of(new Passage.Refused(violations));
    }

    private boolean fits(ParameterSpec spec, Tensor tensor) {
        if (tensor == null) {
            refuse(spec.name(), Rule.MISSING, "F32 " + spec.shape());
            return false;
        }
        boolean type = tensor.dtype() == DType.F32;
        if (!type) {
            refuse(spec.name(), Rule.DTYPE, "F32");
        }
        boolean shape = tensor.shape().equals(spec.shape());
        if (!shape) {
            refuse(spec.name(), Rule.SHAPE, "shape " + spec.shape());
        }
        if (type && shape && !Double.isFinite(squares(tensor))) {
            refuse(spec.name(), Rule.NOT_FINITE, "finite numbers");
            return false;
        }
        if (type
                && shape
                && cargo == Cargo.MODEL
                && !PlanRanges.holdsWeights(tensor.data().asFloatBuffer())) {
            refuse(spec.name(), Rule.MAGNITUDE, PlanRanges.WEIGHTS);
            return false;
        }
        return type && shape;
    }

    /** Not finite exactly when an element is not: the squares of 2^31 floats do not pass a double's range. */
    private static double squares(Tensor tensor) {
        FloatBuffer floats = tensor.data().asFloatBuffer();
        double sum = 0;
        for (int i = 0; i < floats.limit(); i++) {
            double v = floats.get(i);
            sum += v * v;
        }
        return sum;
    }

    private void refuse(String tensor, Rule rule, String expected) {
        if (violations.size() < MAX_VIOLATIONS) {
            violations.add(new Violation(tensor, rule, expected));
        }
    }
}
