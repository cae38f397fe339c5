package ai.coreason.enclave.launcher.simulate.preflight;

import ai.coreason.enclave.base.InvalidDocument;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Finds all faults of a document although its reader stops at the first. Each fault is mended in a copy, by leaving its member
 * out or by a sample that the reader takes there, and the copy is read on, until one is taken. Of several ways of mending, those
 * count that bring the fewest faults into the object which is mended, and of these the one that comes to the fewest in all, so that
 * a sample brings in none of its own. What no sample mends is mended a level further out, up to the whole document, where
 * the search ends with what it has. The rules are the reader's alone. Thread-safe.
 */
final class Faults {
    /** How many copies of as many faults are looked at further. */
    private static final int BEAM = 4;

    private static final int MOST_FAULTS = 100;
    /** How far it is looked whether a way of mending brings in faults. */
    private static final int DEPTH = 3;

    /** After which the search ends with what it has. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * What was found.
     *
     * @param faults in the order in which the reader comes to them, at most 100; empty if the document is taken
     * @param all whether it is certain that there are no others
     */
    record Found(List<InvalidDocument> faults, boolean all) {}

    /** A copy with faults mended, and the next one, which is not. */
    private record State(JsonNode document, List<String> mended, List<InvalidDocument> faults) {
        InvalidDocument next() {
            return faults.get(faults.size() - 1);
        }
    }

    private final Consumer<JsonNode> reader;
    private final Samples samples;
    private final LongSupplier nanos;

    /**
     * @param reader refuses a document by {@link InvalidDocument}, or takes it
     * @param samples what may stand where a fault was found
     */
    Faults(Consumer<JsonNode> reader, Samples samples) {
        this(reader, samples, System::nanoTime);
    }

    /** @param nanos the time, ns */
    Faults(Consumer<JsonNode> reader, Samples samples, LongSupplier nanos) {
        this.reader = reader;
        this.samples = samples;
        this.nanos = nanos;
    }

    /** The faults of a document. */
    Found of(JsonNode document) {
        Optional<InvalidDocument> first = refusal(document);
        if (first.isEmpty()) {
            return new Found(List.of(), true);
        }
        long end = nanos.getAsLong() + PATIENCE.toNanos();
        List<State> states = List.of(new State(document, List.of(), List.of(first.get())));
        while (states.get(0).faults().size() < MOST_FAULTS) {
            Map<JsonNode, State> further = new LinkedHashMap<>();
            for (State state : states) {
                for (JsonNode mended : mended(state)) {
                    Optional<InvalidDocument> next = refusal(mended);
                    if (next.isEmpty()) {
                        return new Found(state.faults(), true);
                    }
                    further.putIfAbsent(mended, after(state, mended, next.get()));
                }
                if (nanos.getAsLong() - end > 0) {
                    return new Found(states.get(0).faults(), false);
                }
            }
            if (further.isEmpty()) {
                return new Found(states.get(0).faults(), true);
            }
            states = spread(List.copyOf(further.values()));
        }
        return new Found(states.get(0).faults(), false);
    }

    /** So many of them, from all over: neighbours differ in the last place that was mended alone. */
    private static List<State> spread(List<State> all) {
        int count = Math.min(BEAM, all.size());
        List<State> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(all.get(i * all.size() / count));
        }
        return some;
    }

    private static State after(State state, JsonNode document, InvalidDocument next) {
        List<String> mended = new ArrayList<>(state.mended());
        mended.add(state.next().field());
        List<InvalidDocument> faults = new ArrayList<>(state.faults());
        faults.add(next);
        return new State(document, mended, faults);
    }

    /** The copies in which a state's next fault is gone, of those that bring the fewest new ones into the object around it. */
    private List<JsonNode> mended(State state) {
        String fault = state.next().field();
        List<JsonNode> gone = gone(state.document(), fault, state.mended());
        if (gone.size() < 2) {
            return gone;
        }
        String holder = JsonPlace.parent(fault);
        int[] brought = gone.stream()
                .mapToInt(copy -> brought(copy, holder, state.mended(), 0))
                .toArray();
        List<JsonNode> best = new ArrayList<>();
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < brought.length; i++) {
            if (brought[i] < least) {
                least = brought[i];
                best.clear();
            }
            if (brought[i] == least) {
                best.add(gone.get(i));
            }
        }
        return best;
    }

    /** How many faults the reader comes to within a place before it comes to one elsewhere, the fewest that mending can do with. */
    private int brought(JsonNode document, String place, List<String> mended, int depth) {
        Optional<InvalidDocument> next = refusal(document);
        if (place.isEmpty() || next.isEmpty() || !JsonPlace.within(next.get().field(), place) || depth == DEPTH) {
            return 0;
        }
        int least = DEPTH;
        for (JsonNode copy : gone(document, next.get().field(), mended)) {
            least = Math.min(least, brought(copy, place, mended, depth + 1));
            if (least == 0) {
                break;
            }
        }
        return 1 + least;
    }

    /** The copies in which a fault is gone, and no place that was mended before is at fault. */
    private List<JsonNode> gone(JsonNode document, String fault, List<String> mended) {
        for (String path = fault; !path.isEmpty(); path = JsonPlace.parent(path)) {
            List<JsonNode> taken = new ArrayList<>();
            for (JsonNode copy : samples.mend(document, path)) {
                Optional<String> next = refusal(copy).map(InvalidDocument::field);
                String level = path;
                boolean gone = next.stream().noneMatch(f -> JsonPlace.within(f, level))
                        && next.stream().noneMatch(mended::contains);
                if (gone) {
                    taken.add(copy);
                }
            }
            if (!taken.isEmpty()) {
                return taken;
            }
        }
        return List.of();
    }

    private Optional<InvalidDocument> refusal(JsonNode document) {
        try {
            reader.accept(document);
            return Optional.empty();
        } catch (InvalidDocument e) {
            return Optional.of(e);
        }
    }
}
