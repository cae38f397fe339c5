package ai.coreason.enclave.privacy.accounting;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of {@link PldAccountant}, kept for the compositions asked of last: a ledger's row begins where the one before it
 * ended, and its export and its audit ask again. Thread-safe.
 */
public final class KeptLosses {
    private static final int MOST_KEPT = 256;

    private record Question(List<Phase> phases, double delta) {}

    private static final Map<Question, PrivacyLoss> KEPT = new LinkedHashMap<>(MOST_KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, PrivacyLoss> eldest) {
            return size() > MOST_KEPT;
        }
    };

    private KeptLosses() {}

    /** The same as {@link PldAccountant#epsilon}. */
    public static PrivacyLoss pld(List<Phase> phases, double delta) {
        Question question = new Question(List.copyOf(phases), delta);
        synchronized (KEPT) {
            PrivacyLoss kept = KEPT.get(question);
            if (kept != null) {
                return kept;
            }
        }
        PrivacyLoss loss = PldAccountant.epsilon(question.phases(), delta);
        synchronized (KEPT) {
            KEPT.put(question, loss);
        }
        return loss;
    }
}
