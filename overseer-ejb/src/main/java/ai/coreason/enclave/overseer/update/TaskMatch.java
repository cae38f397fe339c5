package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.overseer.round.Awaited;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
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

    /** Why a ledger row is not the charge of this task; empty if it is. */
    Optional<String> fault(AttemptKey expected, ChargeRow row) {
        if (row.recoveredFrom().isPresent()
                || !row.request().key().equals(expected)
                || !row.request().jobDigest().equals(task.jobDigest())) {
            return Optional.of("ledger_row: expected the charge of this task");
        }
        return row.request().modelDigest().equals(task.baseDigest()) && planned(row, task.plan())
                ? Optional.empty()
                : Optional.of("ledger_row: expected the terms of this task's plan");
    }

    private static void compare(List<String> out, String name, String expected, String came) {
        if (!expected.equals(came)) {
            out.add(name + ": expected " + expected + ", got " + came);
        }
    }

    private static boolean planned(ChargeRow row, TrainingPlan plan) {
        return row.request().phase().equals(plan.phase())
                && row.request().maxGradNorm() == plan.maxGradNorm()
                && row.request().normaliser() == plan.normaliser();
    }
}
