package ai.coreason.enclave.privacy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.accounting.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums that are carried from row to row against the same rule over all rows anew. */
class ChargesSoFarTest {
    private static final Dataset HEART = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 850, 1e-4, 5.0, true);

    private static ChargeRequest request(String job, long round, Optional<Phase> phase, double clip) {
        return new ChargeRequest(
                "heart",
                new AttemptKey(job, round, 1),
                "a".repeat(64),
                "node_va",
                phase,
                clip,
                16,
                3.0,
                1e-5,
                "b".repeat(64),
                "c".repeat(64));
    }

    private static ChargeRow row(long sequence, ChargeRequest request, ChargeRow.Spending spending) {
        return new ChargeRow(
                sequence,
                Instant.EPOCH,
                HEART,
                request,
                spending,
                Optional.empty(),
                "0".repeat(64),
                "0".repeat(64),
                ChargeState.COMMITTED,
                Optional.empty());
    }

    private static void assertSameFigures(List<ChargeRequest> requests) {
        List<ChargeRow> rows = new ArrayList<>();
        ChargesSoFar soFar = new ChargesSoFar(HEART);
        for (ChargeRequest request : requests) {
            ChargeRow.Spending spending = ChargeRule.spending(soFar, request);
            assertThat(spending).isEqualTo(RuleByRows.spending(HEART, rows, request));
            assertThat(ChargeRule.earlier(soFar, request)).isEqualTo(RuleByRows.earlier(HEART, rows, request));
            assertThat(ChargeRule.objection(soFar, request)).isEqualTo(RuleByRows.objection(rows, request));
            assertThat(ChargeRule.spending(HEART, rows, request)).isEqualTo(spending);
            ChargeRow row = row(rows.size() + 1L, request, spending);
            rows.add(row);
            soFar.add(row);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void spending_jobsInAnyOrder_isThatOfAllRowsToTheBit(long seed) {
        Random random = new Random(seed);
        List<ChargeRequest> requests = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int job = random.nextInt(4);
            // Job 3 keeps no terms, as on two branches of a recovered ledger: it runs under its filter.
            double noise = job == 3 ? 2 + random.nextInt(3) : 2 + job;
            requests.add(request("job-" + job, i + 1L, Optional.of(new Phase(0.02 + 0.01 * job, noise, 3)), 1));
        }
        assertSameFigures(requests);
    }

    @Test
    void spending_manyMechanisms_isThatOfAllRowsToTheBit() {
        List<ChargeRequest> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            requests.add(request("job-" + i, 1, Optional.of(new Phase(1e-3 + i * 1e-6, 50 + i * 0.01, 1 + i % 7)), 1));
        }
        assertSameFigures(requests);
    }

    @Test
    void spending_chargeWithoutNoise_isThatOfAllRowsFromThenOn() {
        Optional<Phase> phase = Optional.of(new Phase(0.02, 3, 5));
        assertSameFigures(List.of(
                request("job-1", 1, phase, 1),
                request("job-1", 2, phase, 2),
                request("job-2", 1, Optional.empty(), 1),
                request("job-2", 2, phase, 1),
                request("job-1", 3, phase, 1)));
    }
}
