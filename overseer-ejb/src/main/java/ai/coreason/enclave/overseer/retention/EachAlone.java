package ai.coreason.enclave.overseer.retention;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Does the same to many things, each by itself: what fails at one of them is told and keeps none of the others back. What goes on
 * failing is told once, and again only after it has gone well in between. Thread-safe.
 */
final class EachAlone {
    private static final Logger LOG = System.getLogger(EachAlone.class.getName());

    /** What is done to a thing. */
    @FunctionalInterface
    interface Work<T> {
        void to(T thing) throws IOException;
    }

    /** A whole step, which is one thing. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    private final Map<String, Set<String>> told = new ConcurrentHashMap<>();

    /**
     * Does it to each.
     *
     * @param what is done, for the log
     * @return those that failed
     */
    <T> List<T> of(String what, Collection<T> things, Work<? super T> work) {
        Set<String> before = told.getOrDefault(what, Set.of());
        Set<String> failing = new HashSet<>();
        List<T> failed = things.stream()
                .filter(thing -> !goesWell(what, thing, work, before, failing))
                .toList();
        told.put(what, Set.copyOf(failing));
        return failed;
    }

    /** Does a step; false if it failed. */
    boolean step(String what, Step step) {
        return of("step-" + what, List.of(what), name -> step.run()).isEmpty();
    }

    private static <T> boolean goesWell(
            String what, T thing, Work<? super T> work, Set<String> before, Set<String> failing) {
        try {
            work.to(thing);
            return true;
        } catch (IOException | RuntimeException e) {
            failing.add(thing.toString());
            if (!before.contains(thing.toString())) {
                LOG.log(Level.ERROR, "retention.failed what=" + what + " of=" + thing, e);
            }
            return false;
        }
    }
}
