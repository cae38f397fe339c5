package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Reason;
import java.util.ArrayList;
import java.util.List;

/** What a judgement has found so far: rules that are broken, and rules for which something is missing. Not thread-safe. */
final class Findings {
    private final List<Reason> broken = new ArrayList<>();
    private final List<Reason> open = new ArrayList<>();

    void broken(String rule, String expected, String came) {
        broken.add(new Reason(rule, expected, came));
    }

    void broken(Reason reason) {
        broken.add(reason);
    }

    void open(String rule, String expected, String came) {
        open.add(new Reason(rule, expected, came));
    }

    /** Notes a rule that does not hold; whether it holds. */
    boolean check(boolean holds, String rule, String expected, String came) {
        if (!holds) {
            broken(rule, expected, came);
        }
        return holds;
    }

    /** How many rules are broken. */
    int count() {
        return broken.size();
    }

    Appraisal appraisal(Appraisal.Claims claims) {
        return Appraisal.of(broken, open, claims);
    }
}
