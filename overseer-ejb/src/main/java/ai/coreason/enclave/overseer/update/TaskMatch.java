package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.overseer.round.Awaited;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ExpectedCharge;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Whether what a node hands in answers the task that it was given. Pure. */
record TaskMatch(Awaited task) {
    /** All members of an update's statement that are not this task's. */
    List<String> faults(UpdateStatement answer) {
        List<String> out = new ArrayList<>();
        if (!Arrays.equals(answer.nonce(), task.nonce())) {
            out.add("nonce: not the one of this task");
        }
        compare(out, "job_digest", task.jobDigest(), answer.jobDigest());
        compare(out, "base_digest", task.baseDigest(), answer.baseDigest());
        compare(out, "plan_digest", task.plan().digest(), answer.planDigest());
        task.plan().metrics().objection(answer.metrics()).ifPresent(out::add);
        return out;
    }

    /**
     * All members in which a ledger row is not the charge of this task.
     *
     * @param attempt what it is to be charged for
     * @param measured what the node's evidence proves of its code; empty where the evidence proves nothing, and the row's own
     *     word is as good as any
     */
    List<String> faults(AttemptKey attempt, ChargeRow row, Optional<String> measured) {
        String measurement = measured.orElse(row.request().measurement());
        return new ExpectedCharge(
                        task.dataset(), task.node().charge(attempt, task.jobDigest(), task.baseDigest(), measurement))
                .differencesOfUpdate("ledger_row", row);
    }

    private static void compare(List<String> out, String name, String expected, String came) {
        if (!expected.equals(came)) {
            out.add(name + ": expected " + expected + ", got " + came);
        }
    }
}
