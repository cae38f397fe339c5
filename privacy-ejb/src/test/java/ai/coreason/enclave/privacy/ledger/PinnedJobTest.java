package ai.coreason.enclave.privacy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.PldAccountant;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import ai.coreason.enclave.privacy.ledger.BudgetDecision.Pinned;
import ai.coreason.enclave.privacy.ledger.BudgetDecision.Refused;
import ai.coreason.enclave.privacy.ledger.BudgetDecision.Reserved;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PinnedJobTest {
    private static final Dataset HEART = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 80_000, 1e-5, 5.0, true);
    private static final Phase FIRST = new Phase(0.01, 0.8, 500);
    private static final Phase SMALL = new Phase(0.01, 2, 100);
    private static final LedgerAuthority FEDERATION = new LedgerAuthority("federation");
    private static final RowSigner SIGNER = FEDERATION.node("node_va");

    @TempDir
    private Path folder;

    private LedgerDatabase database;

    @BeforeEach
    void open() {
        database = new LedgerDatabase(folder);
        book(b -> b.register(HEART, "va.csv"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private <T> T book(Function<LedgerBook, T> work) {
        return database.inTransaction(
                em -> work.apply(new LedgerBook(em, Clock.systemUTC(), FEDERATION.guard("heart"))));
    }

    private BudgetDecision reserve(ChargeRequest request) {
        return book(b -> b.reserve(request, SIGNER));
    }

    private static ChargeRequest request(String job, long round, Optional<Phase> phase) {
        return request(job, round, phase, "a".repeat(64), 1, 800, 3.0, 1e-5);
    }

    private static ChargeRequest request(
            String job,
            long round,
            Optional<Phase> phase,
            String digest,
            double clip,
            double normaliser,
            double limit,
            double delta) {
        return new ChargeRequest(
                "heart",
                new AttemptKey(job, round, 1),
                digest,
                "node_va",
                phase,
                clip,
                normaliser,
                limit,
                delta,
                "b".repeat(64),
                "c".repeat(64));
    }

    @ParameterizedTest
    @CsvSource({"0.519, 1", "1.368, 3000"})
    void reserve_noiseChosenAfterTheFirstRound_isRefused(double sigma, long steps) {
        assertThat(reserve(request("job", 1, Optional.of(FIRST)))).isInstanceOf(Reserved.class);

        Phase second = new Phase(0.01, sigma, steps);
        assertThat(PlanAccountant.epsilon(List.of(FIRST, second), 1e-5).epsilon())
                .isLessThan(3.01);
        assertThat(reserve(request("job", 2, Optional.of(second))))
                .isEqualTo(new Pinned("noise_multiplier: expected 0.8, as in the job's first charge, got " + sigma));
        List<ChargeRow> rows = book(b -> b.rows("heart"));
        assertThat(rows).hasSize(1);
    }

    @Test
    void reserve_anyOtherTermChanged_isRefusedByName() {
        reserve(request("job", 1, Optional.of(FIRST)));
        Optional<Phase> same = Optional.of(FIRST);
        String digest = "a".repeat(64);

        assertPinned("sampling_rate", request("job", 2, Optional.of(new Phase(0.011, 0.8, 500))));
        assertPinned("steps", request("job", 2, Optional.of(new Phase(0.01, 0.8, 499))));
        assertPinned("sampling_rate", request("job", 2, Optional.empty()));
        assertPinned("max_grad_norm", request("job", 2, same, digest, 2, 800, 3, 1e-5));
        assertPinned("normaliser", request("job", 2, same, digest, 1, 801, 3, 1e-5));
        assertPinned("job_limit", request("job", 2, same, digest, 1, 800, 4, 1e-5));
        assertPinned("job_delta", request("job", 2, same, digest, 1, 800, 3, 1e-6));
    }

    private void assertPinned(String member, ChargeRequest request) {
        assertThat(reserve(request))
                .isInstanceOfSatisfying(Pinned.class, p -> assertThat(p.what()).startsWith(member + ": expected"));
    }

    @Test
    void reserve_otherJobsBetween_pinNothing() {
        reserve(request("job", 1, Optional.of(SMALL)));
        assertThat(reserve(request("other", 1, Optional.of(new Phase(0.02, 3, 10)))))
                .isInstanceOf(Reserved.class);
        assertThat(reserve(request("job", 2, Optional.of(SMALL)))).isInstanceOf(Reserved.class);

        List<ChargeRow> rows = book(b -> b.rows("heart"));
        assertThat(rows)
                .extracting(r -> r.spending().meaning().orElseThrow().job())
                .containsOnly(EpsilonMeaning.PLAN);
        assertThat(rows)
                .extracting(r -> r.spending().meaning().orElseThrow().dataset())
                .containsOnly(EpsilonMeaning.HINDSIGHT);
    }

    @Test
    void reserve_afterAnUnprotectedCharge_showsNoEpsilonOfTheDatasetAnyMore() {
        reserve(request("plain", 1, Optional.empty()));
        reserve(request("job", 1, Optional.of(FIRST)));

        ChargeRow row = book(b -> b.rows("heart")).get(1);
        assertThat(row.json().get("epsilon_before").isNull()).isTrue();
        assertThat(row.json().get("epsilon_after").isNull()).isTrue();
        assertThat(row.json().get("epsilon_meaning").asText()).isEqualTo("NONE");
        assertThat(row.spending().jobEpsilonAfter())
                .isEqualTo(PlanAccountant.epsilon(List.of(FIRST), 1e-5).epsilon());
        assertThat(ChargeRow.parse(row.json(), "row").json()).isEqualTo(row.json());
    }

    @Test
    void spending_jobThatWasChargedOnDifferingTerms_isThatOfItsFilter() {
        List<ChargeRow> rows = new ArrayList<>();
        earlier(rows, new Phase(0.01, 2, 100));
        earlier(rows, new Phase(0.01, 1.5, 100));
        RdpFilter filter = RdpFilter.forCeiling(3.0, 1e-5);
        ChargeRequest next = request("job", 3, Optional.of(new Phase(0.01, 4, 10)));

        assertThat(ChargeRule.objection(rows, next)).isEmpty();
        ChargeRow.Spending spending = ChargeRule.spending(HEART, rows, next);
        assertThat(spending.meaning().orElseThrow().job()).isEqualTo(EpsilonMeaning.FILTER);
        assertThat(spending.jobAccountant()).isEqualTo("RDP_FILTER");
        double spent = filter.cost(new Phase(0.01, 2, 100))
                + filter.cost(new Phase(0.01, 1.5, 100))
                + filter.cost(new Phase(0.01, 4, 10));
        assertThat(spending.jobEpsilonAfter()).isEqualTo(filter.epsilon(spent));
        assertThat(ChargeRule.objection(rows, request("job", 3, Optional.of(FIRST), "a".repeat(64), 1, 800, 4.0, 1e-5)))
                .hasValueSatisfying(o -> assertThat(o).startsWith("job_limit"));
    }

    @Test
    void faults_rowsOfBeforeThisRule_areHeldAgainstTheirOwnAndMayNotFollowNewerOnes() {
        List<ChargeRow> rows = new ArrayList<>();
        earlier(rows, FIRST);
        earlier(rows, new Phase(0.01, 1.368, 100));
        assertThat(rows.get(0).json().has("epsilon_meaning")).isFalse();
        assertThat(RowFigures.faults(HEART, rows.subList(0, 1), rows.get(1))).isEmpty();
        assertThat(RowFigures.objection(rows.subList(0, 1), rows.get(1))).isEmpty();

        reserve(request("other", 1, Optional.of(FIRST)));
        List<ChargeRow> newer = new ArrayList<>(book(b -> b.rows("heart")));
        earlier(newer, FIRST);
        assertThat(RowFigures.faults(HEART, newer.subList(0, 1), newer.get(1)))
                .contains("epsilon_meaning: expected one, as rows before it have, got none");
    }

    @Test
    void reserve_roundsOfOnePlan_endWhereThePlanDoes() {
        Phase round = new Phase(0.02, 2, 1000);
        long n = 1;
        while (reserve(request("job", n, Optional.of(round))) instanceof Reserved) {
            n++;
        }
        assertThat(reserve(request("job", n, Optional.of(round))))
                .isInstanceOfSatisfying(
                        Refused.class, r -> assertThat(r.limit()).isEqualTo("job"));
        assertThat(n - 1).isEqualTo(PldAccountant.affordableSteps(List.of(), 0.02, 2, 1e-5, 3, 1_000_000) / 1000);
    }

    /** A row as it was written before jobs were pinned. */
    private static void earlier(List<ChargeRow> rows, Phase phase) {
        ChargeRequest request = request("job", rows.size() + 1, Optional.of(phase));
        rows.add(ChargeRow.chain(
                rows.size() + 1,
                Instant.parse("2026-11-24T00:00:00Z"),
                HEART,
                request,
                ChargeRule.earlier(HEART, rows, request),
                rows.isEmpty() ? HEART.genesis() : rows.get(rows.size() - 1).hash(),
                SIGNER));
    }
}
