package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.overseer.round.Awaited;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ExpectedCharge;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.UpdateHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Whether what a node hands in answers the task that it was given. Pure. */
record TaskMatch(Awaited task) {
    /** All members of an update's header that are not this task's. */
    List<String> faults(UpdateHeader header) {
        List<String> out = new ArrayList<>();
        if (!Arrays.equals(header.nonce(), task.nonce())) {
            out.add("nonce: not the one of this task");
        }
        compare(out, "job_digest", task.jobDigest(), header.jobDigest());
        compare(out, "base_digest", task.baseDigest(), header.baseDigest());
        compare(out, "plan_digest", task.plan().digest(), header.planDigest());
        task.plan().metrics().objection(header.metrics()).ifPresent(out::add);
        return out;
    }

    /**
     * All members in which a ledger row is not the charge of this task.
     *
     * @param expected whose charge it is to be
     * @param measured what the node's evidence proves of its code; empty where the evidence proves nothing, and the row's own
     *     word is as good as any
     */
    List<String> faults(ContributionKey expected, ChargeRow row, Optional<String> measured) {
        String measurement = measured.orElse(row.request().measurement());
        return new ExpectedCharge(
                        task.dataset(),
                        task.node().charge(expected.attempt(), task.jobDigest(), task.baseDigest(), measurement))
                .differencesOfUpdate("ledger_row", row);
    }

    private static void compare(List<String> out, String name, String expected, String came) {
        if (!expected.equals(came)) {
            out.add(name + ": expected " + expected + ", got " + came);
        }
    }
}
