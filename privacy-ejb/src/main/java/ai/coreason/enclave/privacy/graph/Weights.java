package ai.coreason.enclave.privacy.graph;

import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Values of parameters that fit a graph, by name, in the order of {@link ModelGraph#parameters()}: either of all
 * parameters (a model) or of the trainable ones (an update). Immutable and thread-safe. {@code toString} shows names and
 * sizes, never a value.
 */
public final class Weights {
    private final Map<String, float[]> values;
    private final Set<String> trainable;

    private Weights(Map<String, float[]> values, Set<String> trainable) {
        this.values = values;
        this.trainable = trainable;
    }

    /**
     * Weights of all parameters.
     *
     * @param values one array per parameter, row-major; copied
     * @throws IllegalArgumentException naming the first parameter that is missing, unknown or of another size
     */
    public static Weights of(ModelGraph graph, Map<String, float[]> values) {
        return fit(graph, values, p -> true);
    }

    /**
     * An update: values of the trainable parameters only.
     *
     * @param values one array per trainable parameter, row-major; copied
     * @throws IllegalArgumentException naming the first parameter that is missing, unknown or of another size
     */
    public static Weights ofUpdate(ModelGraph graph, Map<String, float[]> values) {
        return fit(graph, values, ParameterSpec::trainable);
    }

    private static Weights fit(ModelGraph graph, Map<String, float[]> values, Predicate<ParameterSpec> member) {
        List<ParameterSpec> specs = graph.parameters().stream().filter(member).toList();
        Map<String, float[]> out = new LinkedHashMap<>();
        for (ParameterSpec spec : specs) {
            float[] v = values.get(spec.name());
            if (v == null || v.length != spec.size()) {
                throw new IllegalArgumentException(spec.name() + ": expected " + spec.size() + " values of shape "
                        + spec.shape() + ", got " + (v == null ? "nothing" : v.length + " values"));
            }
            out.put(spec.name(), v.clone());
        }
        for (String name : values.keySet()) {
            if (!out.containsKey(name)) {
                throw new IllegalArgumentException(name + ": expected a parameter of the graph, got an unknown one");
            }
        }
        return new Weights(out, names(specs));
    }

    private static Set<String> names(List<ParameterSpec> specs) {
        return specs.stream()
                .filter(ParameterSpec::trainable)
                .map(ParameterSpec::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The names of the parameters, in order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** The values of one parameter, row-major; a copy. */
    public float[] get(String name) {
        return value(name).clone();
    }

    /** The values of one parameter, row-major; a read-only view that costs no copy. */
    public FloatBuffer view(String name) {
        return FloatBuffer.wrap(value(name)).asReadOnlyBuffer();
    }

    /** Whether every value is finite. */
    public boolean isFinite() {
        for (float[] array : values.values()) {
            for (float v : array) {
                if (!Float.isFinite(v)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * These weights with an update added; parameters that the update lacks, such as frozen ones, stay.
     *
     * @throws IllegalArgumentException if the update has a parameter that these weights lack or that has another size
     */
    public Weights plus(Weights update) {
        Map<String, float[]> out = new LinkedHashMap<>(values);
        update.values.forEach((name, d) -> out.put(name, combine(name, d, 1)));
        return new Weights(out, trainable);
    }

    /**
     * The update that leads from a base to these weights: the differences of the trainable parameters, and of no other.
     *
     * @throws IllegalArgumentException if the base lacks a trainable parameter or has it in another size
     */
    public Weights minus(Weights base) {
        Map<String, float[]> out = new LinkedHashMap<>();
        trainable.forEach(name -> out.put(name, combine(name, base.value(name), -1)));
        return new Weights(out, trainable);
    }

    private float[] combine(String name, float[] other, int sign) {
        float[] out = get(name);
        if (out.length != other.length) {
            throw new IllegalArgumentException(name + ": expected " + out.length + " values, got " + other.length);
        }
        for (int i = 0; i < out.length; i++) {
            out[i] += sign * other[i];
        }
        return out;
    }

    private float[] value(String name) {
        float[] v = values.get(name);
        if (v == null) {
            throw new IllegalArgumentException(name + ": expected one of " + values.keySet());
        }
        return v;
    }

    @Override
    public String toString() {
        long count = values.values().stream().mapToLong(v -> v.length).sum();
        return "Weights" + values.keySet() + " of " + count + " values";
    }
}
