package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.Reason;
import java.util.ArrayList;
import java.util.List;

/** Gathers what is broken and what is missing, in the order in which it is found. Not thread-safe. */
final class Findings {
    private final List<Reason> broken = new ArrayList<>();
    private final List<Reason> open = new ArrayList<>();

    /**
     * Records a rule that does not hold.
     *
     * @return whether it holds
     */
    boolean require(boolean holds, String rule, Object expected, Object came) {
        if (!holds) {
            broken.add(new Reason(rule, expected.toString(), came.toString()));
        }
        return holds;
    }

    void broken(Reason reason) {
        broken.add(reason);
    }

    /** Records that something is missing which a rule needs. */
    void missing(String rule, String expected) {
        open.add(new Reason(rule, expected, "nothing"));
    }

    List<Reason> broken() {
        return broken;
    }

    List<Reason> open() {
        return open;
    }
}
