package ai.coreason.enclave.privacy.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.PldAccountant;
import ai.coreason.enclave.privacy.accounting.PrivacyLoss;
import ai.coreason.enclave.privacy.accounting.RdpAccountant;
import ai.coreason.enclave.privacy.ledger.BudgetDecision.AlreadyCharged;
import ai.coreason.enclave.privacy.ledger.BudgetDecision.Refused;
import ai.coreason.enclave.privacy.ledger.BudgetDecision.Reserved;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerBookTest {
    private static final Dataset HEART = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 85, 1e-3, 5.0, false);
    private static final Phase ROUND = new Phase(16.0 / 85, 3.0, 5);

    private static final LedgerAuthority FEDERATION = new LedgerAuthority("federation");
    private static final RowSigner SIGNER = FEDERATION.node("node_va");

    @TempDir
    private Path folder;

    private final LedgerGuard guard = FEDERATION.guard("heart");
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
        return database.inTransaction(em -> work.apply(new LedgerBook(em, Clock.systemUTC(), guard)));
    }

    private static ChargeRequest request(String job, long round, double limit, Optional<Phase> phase) {
        return new ChargeRequest(
                "heart",
                new AttemptKey(job, round, 1),
                "a".repeat(64),
                "node_va",
                phase,
                1.0,
                16,
                limit,
                1e-3,
                "b".repeat(64),
                "c".repeat(64));
    }

    private static ChargeRequest request(String job, long round) {
        return request(job, round, 3.0, Optional.of(ROUND));
    }

    @Test
    void reserve_untilRefused_stopsAtTheLastRoundThatTheJobCanPay() {
        long round = 1;
        while (book(round) instanceof Reserved) {
            round++;
        }
        long paid = round - 1;
        long expected = PldAccountant.affordableSteps(List.of(), ROUND.samplingRate(), 3.0, 1e-3, 3.0, 10_000) / 5;
        assertThat(paid).isEqualTo(expected);
        List<ChargeRow> rows = book(b -> b.rows("heart"));
        assertThat(rows).hasSize((int) paid);
        assertThat(rows.get((int) paid - 1).spending().jobEpsilonAfter()).isLessThanOrEqualTo(3.0);
    }

    private BudgetDecision book(long round) {
        return book(b -> b.reserve(request("job", round), SIGNER));
    }

    @Test
    void reserve_manyJobs_stopAtTheCeiling() {
        int jobs = 0;
        BudgetDecision last;
        do {
            int job = jobs++;
            last = book(b -> b.reserve(request("job" + job, 1, 3.0, Optional.of(ROUND)), SIGNER));
        } while (last instanceof Reserved);
        assertThat(last)
                .isInstanceOfSatisfying(
                        Refused.class, r -> assertThat(r.limit()).isEqualTo("ceiling"));
        double total = RdpAccountant.epsilon(Phases.with(book(b -> b.rows("heart")), r -> true, Optional.empty()), 1e-3)
                .epsilon();
        assertThat(total).isLessThanOrEqualTo(5.0).isGreaterThan(4.5);
    }

    @Test
    void reserve_sameAttemptAgain_isNotChargedTwice() {
        assertThat(book(1)).isInstanceOf(Reserved.class);
        assertThat(book(1)).isInstanceOf(AlreadyCharged.class);
        List<ChargeRow> rows = book(b -> b.rows("heart"));
        assertThat(rows).hasSize(1);
    }

    @Test
    void reserve_withoutNoise_isUnprotectedAndHasNoEpsilon() {
        book(b -> b.reserve(request("plain", 1, 3.0, Optional.empty()), SIGNER));
        ChargeRow row = book(b -> b.rows("heart")).get(0);
        assertThat(row.state()).isEqualTo(ChargeState.UNPROTECTED);
        assertThat(row.json().get("epsilon_after").isNull()).isTrue();
    }

    @Test
    void rows_chain_followsRegistrationAndCarriesItsHashes() {
        for (long r = 1; r <= 3; r++) {
            book(r);
        }
        book(b -> b.commit("heart", new AttemptKey("job", 1, 1)));
        book(b -> {
            b.expire("heart", new AttemptKey("job", 2, 1));
            return null;
        });
        List<ChargeRow> rows = book(b -> b.rows("heart"));
        assertThat(rows)
                .extracting(ChargeRow::state)
                .containsExactly(ChargeState.COMMITTED, ChargeState.EXPIRED, ChargeState.RESERVED);
        String previous = HEART.genesis();
        for (ChargeRow row : rows) {
            assertThat(row.previousHash()).isEqualTo(previous);
            assertThat(row.computedHash()).isEqualTo(row.hash());
            assertThat(row.signature().orElseThrow().holds(SIGNER.certificate(), row.hash()))
                    .isTrue();
            previous = row.hash();
        }
    }

    @Test
    void json_readBack_isTheSameRow() {
        book(1);
        ChargeRow row = book(b -> b.rows("heart")).get(0);
        assertThat(ChargeRow.parse(row.json(), "row")).isEqualTo(row);
        PrivacyLoss job = PlanAccountant.epsilon(List.of(ROUND), 1e-3);
        assertThat(row.spending().jobEpsilonAfter())
                .isEqualTo(job.epsilon())
                .isEqualTo(row.spending().epsilonAfter());
        assertThat(row.spending().jobAccountant())
                .isEqualTo("PLD")
                .isEqualTo(row.spending().accountant());
        assertThat(row.spending().jobVersion()).isEqualTo(job.version());
    }

    @Test
    void register_secondIdOverOneSource_isRefused() {
        Dataset again = new Dataset("owner_va", "heart2", PrivacyUnit.RECORD, 85, 1e-3, 5.0, false);
        assertThatThrownBy(() -> book(b -> b.register(again, "va.csv"))).hasMessageContaining("one id for one source");
    }

    @Test
    void register_otherTermsBeforeAnythingWasChargedOrCountersigned_takeTheirPlace() {
        Dataset corrected = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 80, 1e-3, 5.0, false);
        book(b -> b.register(corrected, "moved.csv"));

        List<DatasetAccount> accounts = book(LedgerBook::accounts);
        Optional<LedgerFault> fault = book(b -> b.inspect("heart"));
        assertThat(accounts)
                .singleElement()
                .satisfies(a -> assertThat(a.dataset()).isEqualTo(corrected));
        assertThat(fault).isEmpty();
    }

    @Test
    void register_otherTermsOnceCharged_isRefused() {
        book(b -> b.reserve(request("job", 1), SIGNER));
        Dataset raised = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 80, 1e-3, 5.0, false);
        assertThatThrownBy(() -> book(b -> b.register(raised, "va.csv"))).hasMessageContaining("first day");
    }

    @Test
    void dataset_ceilingAboveFive_isRefused() {
        assertThatThrownBy(() -> new Dataset("o", "d", PrivacyUnit.RECORD, 85, 1e-3, 5.1, false))
                .hasMessageContaining("epsilon_ceiling");
        assertThatThrownBy(() -> new Dataset("o", "d", PrivacyUnit.RECORD, 1000, 1e-3, 5.0, false))
                .hasMessageContaining("delta");
    }

    @Test
    void reserve_eightThreads_neverPassTheLimitNorLoseACharge() throws Exception {
        AtomicInteger granted = new AtomicInteger();
        AtomicInteger next = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<java.util.concurrent.Future<?>> all = java.util.stream.IntStream.range(0, 8)
                .<java.util.concurrent.Future<?>>mapToObj(t -> threads.submit(() -> {
                    start.await();
                    for (int i = 0; i < 8; i++) {
                        long round = next.incrementAndGet();
                        if (book(b -> b.reserve(request("job", round), SIGNER)) instanceof Reserved) {
                            granted.incrementAndGet();
                        }
                    }
                    return null;
                }))
                .toList();
        start.countDown();
        for (java.util.concurrent.Future<?> f : all) {
            f.get();
        }
        threads.shutdown();
        List<ChargeRow> rows = book(b -> b.rows("heart"));
        assertThat(rows).hasSize(granted.get());
        assertThat(granted.get()).isEqualTo((int)
                (PldAccountant.affordableSteps(List.of(), ROUND.samplingRate(), 3.0, 1e-3, 3.0, 10_000) / 5));
    }
}
