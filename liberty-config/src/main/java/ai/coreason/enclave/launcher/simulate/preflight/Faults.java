package ai.coreason.enclave.launcher.simulate.preflight;

import ai.coreason.enclave.base.InvalidDocument;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds all faults of a document although its reader stops at the first. Each fault is mended in a copy, by leaving its member
 * out or by a sample that the reader takes there, and the copy is read on, until one is taken; of several ways of mending, the one
 * with the fewest faults counts, so that a sample brings in none of its own. What no sample mends is mended a level further
 * out, up to the whole document, where the search ends with what it has. The rules are the reader's alone. Thread-safe.
 */
final class Faults {
    /** How many copies of as many faults are looked at further. */
    private static final int BEAM = 48;

    private static final int MOST_FAULTS = 100;

    /** A copy with faults mended, and the next one, which is not. */
    private record State(JsonNode document, List<String> mended, List<InvalidDocument> faults) {
        InvalidDocument next() {
            return faults.get(faults.size() - 1);
        }
    }

    private final Consumer<JsonNode> reader;
    private final Samples samples;

    /**
     * @param reader refuses a document by {@link InvalidDocument}, or takes it
     * @param samples what may stand where a fault was found
     */
    Faults(Consumer<JsonNode> reader, Samples samples) {
        this.reader = reader;
        this.samples = samples;
    }

    /** The faults of a document in the order in which the reader comes to them, at most 100; empty if it is taken. */
    List<InvalidDocument> of(JsonNode document) {
        Optional<InvalidDocument> first = refusal(document);
        if (first.isEmpty()) {
            return List.of();
        }
        List<State> states = List.of(new State(document, List.of(), List.of(first.get())));
        while (true) {
            Map<JsonNode, State> further = new LinkedHashMap<>();
            for (State state : states) {
                for (JsonNode mended : mended(state)) {
                    Optional<InvalidDocument> next = refusal(mended);
                    if (next.isEmpty()) {
                        return state.faults();
                    }
                    further.putIfAbsent(mended, after(state, mended, next.get()));
                }
            }
            if (further.isEmpty() || states.get(0).faults().size() == MOST_FAULTS) {
                return states.get(0).faults();
            }
            states = further.values().stream().limit(BEAM).toList();
        }
    }

    private static State after(State state, JsonNode document, InvalidDocument next) {
        List<String> mended = new ArrayList<>(state.mended());
        mended.add(state.next().field());
        List<InvalidDocument> faults = new ArrayList<>(state.faults());
        faults.add(next);
        return new State(document, mended, faults);
    }

    /** The copies in which a state's next fault is gone, and no sample is at fault itself. */
    private List<JsonNode> mended(State state) {
        String fault = state.next().field();
        for (String path = fault; !path.isEmpty(); path = JsonPlace.parent(path)) {
            List<JsonNode> taken = new ArrayList<>();
            for (JsonNode copy : samples.mend(state.document(), path)) {
                Optional<String> next = refusal(copy).map(InvalidDocument::field);
                String level = path;
                boolean gone = next.stream().noneMatch(f -> JsonPlace.within(f, level))
                        && next.stream().noneMatch(state.mended()::contains);
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
