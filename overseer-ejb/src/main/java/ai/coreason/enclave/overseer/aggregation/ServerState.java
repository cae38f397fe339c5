package ai.coreason.enclave.overseer.aggregation;

import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an {@link AggregationRule} keeps at the server from one round to the next, as tensors by name, such as the moments of an
 * adaptive rule; nothing for one that needs no memory. Immutable and thread-safe. {@code toString} shows names, never a value.
 */
public final class ServerState {
    /** Nothing is kept. */
    public static final ServerState NONE = new ServerState(Map.of());

    private final Map<String, float[]> tensors;

    private ServerState(Map<String, float[]> tensors) {
        this.tensors = tensors;
    }

    /** The state of these tensors; copied. */
    public static ServerState of(Map<String, float[]> tensors) {
        Map<String, float[]> copies = new LinkedHashMap<>();
        tensors.forEach((name, values) -> copies.put(name, values.clone()));
        return new ServerState(copies);
    }

    /** Whether nothing is kept. */
    public boolean isEmpty() {
        return tensors.isEmpty();
    }

    /** One tensor's values; a read-only view. */
    public Optional<FloatBuffer> tensor(String name) {
        return Optional.ofNullable(tensors.get(name))
                .map(values -> FloatBuffer.wrap(values).asReadOnlyBuffer());
    }

    @Override
    public String toString() {
        return "ServerState" + tensors.keySet();
    }
}
