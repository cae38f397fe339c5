package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.node.overseer.TlsOverseer;
import ai.coreason.enclave.node.training.RoundBooks.Outgoing;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.ledger.BudgetDecision;
import ai.coreason.enclave.privacy.ledger.ChargeRequest;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.LedgerFault;
import ai.coreason.enclave.privacy.ledger.LedgerHead;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.privacy.ledger.RowSigner;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabaseBooksTest {
    private static final String JOB = "3c7b4a1e-93a5-4d4b-9d4f-1f0b6a3f2c11";
    private static final AttemptKey FIRST = new AttemptKey(JOB, 1, 1);
    private static final byte[] ENVELOPE = {1, 2, 3};

    private static TlsOverseer overseer;
    private static RowSigner signer;

    private BooksOnDerby database;
    private RoundBooks books;

    @BeforeAll
    static void enrol() throws Exception {
        overseer = new TlsOverseer();
        signer = overseer.signer("node_a");
    }

    @AfterAll
    static void leave() {
        overseer.close();
    }

    @BeforeEach
    void open() {
        database = new BooksOnDerby();
        books = database.restarted(overseer.trust());
        books.register(new Dataset("owner", "heart", PrivacyUnit.RECORD, 200, 1e-3, 5.0, false), "/data/heart.csv");
        String genesis = books.accounts().get(0).head();
        books.countersigned(new LedgerHead("node_a", "heart", 0, genesis, "", Instant.now()), "{}");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void bind_secondBaseModel_keepsTheFirst() {
        assertThat(books.bind(JOB, 1, "aa".repeat(32))).isEqualTo("aa".repeat(32));
        assertThat(books.bind(JOB, 1, "bb".repeat(32))).isEqualTo("aa".repeat(32));
        assertThat(books.bind(JOB, 2, "bb".repeat(32))).isEqualTo("bb".repeat(32));
    }

    @Test
    void commit_reservedCharge_storesTheSealedBytesWithIt() {
        books.reserve(request(FIRST), signer);

        byte[] sealed = books.commit("heart", FIRST, row -> {
            assertThat(row.state()).isEqualTo(ChargeState.COMMITTED);
            assertThat(row.sequence()).isEqualTo(1);
            return ENVELOPE;
        });

        assertThat(sealed).isEqualTo(ENVELOPE);
        assertThat(books.pending()).containsExactly(FIRST);
        assertThat(books.outgoing(FIRST)).get().satisfies(o -> {
            assertThat(o.state()).isEqualTo(OutboxEntry.State.PENDING);
            assertThat(o.kept()).hasValue(ENVELOPE);
        });
    }

    @Test
    void commit_sealingFails_leavesNeitherBytesNorCommittedCharge() {
        books.reserve(request(FIRST), signer);

        assertThatThrownBy(() -> books.commit("heart", FIRST, row -> {
                    throw new IllegalStateException("no quote");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no quote");

        assertThat(books.outgoing(FIRST)).isEmpty();
        assertThat(books.recover()).isEqualTo(1);
    }

    @Test
    void recover_reservedWithoutUpdate_expiresAndStaysCharged() {
        books.reserve(request(FIRST), signer);
        double spent = books.accounts().get(0).filterSpent();

        assertThat(books.recover()).isEqualTo(1);
        assertThat(books.recover()).isZero();

        assertThat(spent).isPositive();
        assertThat(books.accounts().get(0).filterSpent()).isEqualTo(spent);
        assertThat(books.reserve(request(FIRST), signer))
                .isInstanceOfSatisfying(
                        BudgetDecision.AlreadyCharged.class,
                        again -> assertThat(again.row().state()).isEqualTo(ChargeState.EXPIRED));
    }

    @Test
    void reserve_afterAStartWithoutACountersignedHead_isHeld() {
        books = database.restarted(overseer.trust());

        assertThat(books.reserve(request(FIRST), signer))
                .isInstanceOfSatisfying(
                        BudgetDecision.Held.class,
                        held -> assertThat(held.fault().kind()).isEqualTo(LedgerFault.Kind.NOT_COUNTERSIGNED));
        assertThat(books.rows("heart")).isEmpty();
    }

    @Test
    void recover_committedCharge_isLeftAlone() {
        committed(FIRST);

        assertThat(books.recover()).isZero();
    }

    @Test
    void delivered_thenForgotten_keepsTheKeyWithoutItsBytes() {
        committed(FIRST);
        books.forgetBefore(JOB, 2);
        assertThat(books.outgoing(FIRST).flatMap(Outgoing::kept)).hasValue(ENVELOPE);

        books.delivered(FIRST);
        books.forgetBefore(JOB, 2);

        assertThat(books.pending()).isEmpty();
        assertThat(books.outgoing(FIRST)).hasValue(new Outgoing(FIRST, OutboxEntry.State.DELIVERED, Optional.empty()));
    }

    @Test
    void refused_afterDelivery_staysDelivered() {
        committed(FIRST);
        books.delivered(FIRST);

        books.refused(FIRST);

        assertThat(books.outgoing(FIRST).map(Outgoing::state)).hasValue(OutboxEntry.State.DELIVERED);
    }

    @Test
    void pending_severalRounds_areInOrder() {
        AttemptKey second = new AttemptKey(JOB, 2, 1);
        AttemptKey again = new AttemptKey(JOB, 1, 2);
        committed(second);
        committed(again);
        committed(FIRST);
        books.refused(FIRST);

        assertThat(books.pending()).containsExactly(again, second);
    }

    private void committed(AttemptKey key) {
        books.reserve(request(key), signer);
        books.commit("heart", key, row -> ENVELOPE);
    }

    private static ChargeRequest request(AttemptKey key) {
        return new ChargeRequest(
                "heart",
                key,
                "cc".repeat(32),
                "node_a",
                Optional.of(new Phase(0.08, 2.0, 5)),
                1.0,
                16.0,
                3.0,
                1e-3,
                "aa".repeat(32),
                "dd".repeat(32));
    }
}
