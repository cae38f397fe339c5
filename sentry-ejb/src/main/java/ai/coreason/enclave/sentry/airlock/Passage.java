package ai.coreason.enclave.sentry.airlock;

import ai.coreason.enclave.privacy.graph.Weights;
import java.util.List;
import java.util.stream.Collectors;

/** What the airlock answers: the weights that may pass, or every reason why they may not. */
public sealed interface Passage {
    /**
     * The file holds exactly what may pass.
     *
     * @param weights its tensors
     */
    record Admitted(Weights weights) implements Passage {}

    /**
     * The file holds something else.
     *
     * @param violations why; at least one, at most 100
     */
    record Refused(List<Violation> violations) implements Passage {
        /** Copies the list. */
        public Refused {
            violations = List.copyOf(violations);
        }

        /** The violations in one line, for a log or an answer. */
        public String summary() {
            return violations.stream().map(Violation::toString).collect(Collectors.joining("; "));
        }
    }
}
