package ai.coreason.enclave.privacy.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.ledger.BudgetDecision.Held;
import ai.coreason.enclave.privacy.ledger.BudgetDecision.Reserved;
import ai.coreason.enclave.privacy.ledger.LedgerFault.Kind;
import ai.coreason.enclave.privacy.ledger.LedgerRecovery.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's database that was tampered with or rolled back is detected, pays for nothing, and can be recovered. */
class HeldLedgerTest {
    private static final Dataset HEART = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 85, 1e-3, 5.0, false);
    private static final LedgerAuthority FEDERATION = new LedgerAuthority("federation");
    private static final RowSigner FIRST_BOOT = FEDERATION.node("node_va");
    private static final RowSigner LATER_BOOT = FEDERATION.node("node_va");

    @TempDir
    private Path folder;

    private LedgerDatabase node;
    private LedgerDatabase overseer;
    private LedgerGuard guard = FEDERATION.guard();

    @BeforeEach
    void threeMirroredRows() {
        node = new LedgerDatabase(folder.resolve("node"));
        overseer = new LedgerDatabase(folder.resolve("overseer"));
        book(b -> b.register(HEART, "va.csv"));
        mirror(m -> {
            m.register("node_va", HEART);
            m.know("node_va", FIRST_BOOT.certificate());
            m.know("node_va", LATER_BOOT.certificate());
            return null;
        });
        countersign();
        for (long round = 1; round <= 3; round++) {
            assertThat(reserve(round)).isInstanceOf(Reserved.class);
            handIn();
        }
        countersign();
    }

    @AfterEach
    void close() {
        node.close();
        overseer.close();
    }

    private <T> T book(Function<LedgerBook, T> work) {
        return node.inTransaction(em -> work.apply(new LedgerBook(em, Clock.systemUTC(), guard)));
    }

    private <T> T mirror(Function<LedgerMirror, T> work) {
        return overseer.inTransaction(em -> work.apply(new LedgerMirror(em)));
    }

    @Test
    void register_otherTermsOnceCountersigned_isRefused() {
        LedgerGuard own = FEDERATION.guard();
        LedgerHead head = new LedgerHead("node_va", "heart", 0, HEART.genesis(), "nonce", Instant.now());
        Dataset other = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 80, 1e-3, 5.0, false);
        try (LedgerDatabase fresh = new LedgerDatabase(folder.resolve("fresh"))) {
            fresh.inTransaction(em -> new LedgerBook(em, Clock.systemUTC(), own).register(HEART, "va.csv"));
            fresh.inTransaction(em -> new LedgerBook(em, Clock.systemUTC(), own).countersigned(head, "{}"));

            assertThatThrownBy(() -> fresh.inTransaction(
                            em -> new LedgerBook(em, Clock.systemUTC(), own).register(other, "va.csv")))
                    .hasMessageContaining("first day");
        }
    }

    private Optional<LedgerFault> inspect() {
        return book(b -> b.inspect("heart"));
    }

    private List<ChargeRow> rows() {
        return book(b -> b.rows("heart"));
    }

    private long sequence() {
        return book(b -> b.accounts().get(0).sequence());
    }

    private BudgetDecision reserve(long round) {
        return reserve(round, FIRST_BOOT);
    }

    private BudgetDecision reserve(long round, RowSigner signer) {
        return book(b -> b.reserve(
                new ChargeRequest(
                        "heart",
                        new AttemptKey("job", round, 1),
                        "a".repeat(64),
                        "node_va",
                        Optional.of(new Phase(16.0 / 85, 3.0, 5)),
                        1.0,
                        16,
                        3.0,
                        1e-3,
                        "b".repeat(64),
                        "c".repeat(64)),
                signer));
    }

    private void handIn() {
        List<ChargeRow> rows = rows();
        for (ChargeRow row : rows) {
            Optional<String> fault = mirror(m -> m.accept("node_va", row));
            assertThat(fault).isEmpty();
        }
    }

    /** The Overseer's fresh head, taken by the node. */
    private Optional<LedgerFault> countersign() {
        DatasetAccount account = mirror(m -> m.account("node_va", "heart").orElseThrow());
        LedgerHead head =
                new LedgerHead("node_va", "heart", account.sequence(), account.head(), "nonce", Instant.now());
        return book(b -> b.countersigned(head, "{}"));
    }

    private void restart() {
        guard = FEDERATION.guard();
    }

    private Outcome recover() {
        List<ChargeRow> rows = mirror(m -> m.rows("node_va", "heart"));
        Map<String, X509Certificate> signers = mirror(m -> m.signers(rows));
        return node.inTransaction(em -> new LedgerRecovery(em, FEDERATION.trust()).recover("heart", rows, signers));
    }

    /** Found at once by a running node and after a restart, whatever the Overseer says; and nothing was charged. */
    private void assertHeld(Kind kind) {
        long rows = sequence();
        assertThat(reserve(9))
                .isInstanceOfSatisfying(
                        Held.class, h -> assertThat(h.fault().kind().held()).isTrue());
        restart();
        assertThat(inspect()).hasValueSatisfying(f -> {
            assertThat(f.kind()).isEqualTo(kind);
            assertThat(f.sentence()).contains("enclave ledger recover");
        });
        assertThat(countersign().map(LedgerFault::kind)).hasValue(kind);
        assertThat(reserve(9)).isInstanceOf(Held.class);
        assertThat(guard.faults()).hasSize(1);
        assertThat(sequence()).isEqualTo(rows);
    }

    private void assertGoesOn(long rowsBefore) {
        restart();
        book(b -> b.chainCarried("heart", LATER_BOOT));
        assertThat(rows()).hasSize((int) rowsBefore);
        assertThat(countersign()).isEmpty();
        handIn();
        assertThat(countersign()).isEmpty();
        assertThat(guard.faults()).isEmpty();
        assertThat(reserve(20, LATER_BOOT)).isInstanceOf(Reserved.class);
        handIn();
    }

    private void change(long sequence, Function<ChargeRow, String> json) {
        ChargeRow row = rows().get((int) sequence - 1);
        node.sql("update ledger_charge set row_json = ?1 where row_sequence = ?2", json.apply(row), sequence);
    }

    @Test
    void reserve_rowChangedByHand_isHeldUntilRecovered() {
        change(2, r -> r.json().put("steps", 1).toString());
        assertHeld(Kind.ROW_CHANGED);

        assertThat(recover()).isEqualTo(new Outcome.Recovered(3, 0, 0));
        assertGoesOn(3);
    }

    @Test
    void reserve_rowChangedAndHashedAnew_isFoundByItsSignature() {
        change(3, r -> {
            var json = r.json().put("job_limit", 4.0);
            return json.put("hash", ChargeRow.parse(json, "row").computedHash()).toString();
        });
        String forged = rows().get(2).hash();
        node.sql("update dataset_account set head_hash = ?1", forged);
        node.sql("delete from countersigned_head");
        restart();

        assertThat(inspect()).hasValueSatisfying(f -> assertThat(f.what()).contains("is not signed by"));
    }

    @Test
    void reserve_rowOfAnotherFederationsNode_isFound() {
        RowSigner stranger = new LedgerAuthority("another").node("node_va");
        node.inTransaction(em -> {
            new Signers(em).keep("node_va", stranger.certificate());
            return null;
        });
        change(3, r -> {
            RowSignature forged = stranger.sign(r.hash());
            return r.json()
                    .put("signer", forged.signer())
                    .put("signature", forged.value())
                    .toString();
        });
        assertHeld(Kind.ROW_CHANGED);
    }

    @Test
    void reserve_unreadableRow_isHeldUntilRecovered() {
        change(1, r -> "{}");
        assertHeldFresh(Kind.ROW_CHANGED);
        assertThat(recover()).isEqualTo(new Outcome.Recovered(3, 0, 0));
        assertGoesOn(3);
    }

    private void assertHeldFresh(Kind kind) {
        restart();
        assertThat(inspect().map(LedgerFault::kind)).hasValue(kind);
        assertThat(reserve(9)).isInstanceOf(Held.class);
    }

    @Test
    void reserve_rowFiledUnderAnotherAttempt_isHeld() {
        node.sql("update ledger_charge set attempt = 7 where row_sequence = 3");
        assertHeld(Kind.ROW_CHANGED);
    }

    @Test
    void reserve_deletedLastRow_isHeldUntilRecovered() {
        node.sql("delete from ledger_charge where row_sequence = 3");
        assertHeld(Kind.ROW_MISSING);

        assertThat(recover()).isEqualTo(new Outcome.Recovered(3, 0, 0));
        assertGoesOn(3);
    }

    @Test
    void reserve_deletedMiddleRow_isHeldUntilRecovered() {
        node.sql("delete from ledger_charge where row_sequence = 2");
        assertHeldFresh(Kind.ROW_MISSING);

        assertThat(recover()).isEqualTo(new Outcome.Recovered(3, 0, 0));
        assertGoesOn(3);
    }

    @Test
    void reserve_deletedLastRowAndHeadChangedAlong_isHeldUntilRecovered() {
        setBack();
        assertHeld(Kind.ROLLED_BACK);

        assertThat(recover()).isEqualTo(new Outcome.Recovered(3, 0, 0));
        assertGoesOn(3);
    }

    /** The last row and all that tells of it in the ledger's own tables. */
    private void setBack() {
        ChargeRow second = rows().get(1);
        node.sql("delete from ledger_charge where row_sequence = 3");
        node.sql(
                "update dataset_account set last_sequence = 2, head_hash = ?1, filter_spent = ?2",
                second.hash(),
                second.spending().filterSpentAfter());
    }

    @Test
    void reserve_accountSaysLessWasSpent_isHeldUntilRecovered() {
        node.sql("update dataset_account set filter_spent = 0");
        assertHeld(Kind.ACCOUNT_CHANGED);

        assertThat(recover()).isEqualTo(new Outcome.Recovered(3, 0, 0));
        assertGoesOn(3);
    }

    @Test
    void reserve_restoredDatabaseFiles_isHeldUntilRecovered() throws Exception {
        Path old = folder.resolve("old");
        node.close();
        LedgerDatabase.shutDown(folder.resolve("node"));
        copy(folder.resolve("node"), old);
        node = new LedgerDatabase(folder.resolve("node"));
        assertThat(reserve(4)).isInstanceOf(Reserved.class);
        handIn();
        node.close();
        LedgerDatabase.shutDown(folder.resolve("node"));
        delete(folder.resolve("node"));
        copy(old, folder.resolve("node"));
        node = new LedgerDatabase(folder.resolve("node"));
        restart();

        // The whole disk is old, the kept head with it: nothing on it is wrong.
        assertThat(inspect()).isEmpty();
        assertThat(reserve(5))
                .isInstanceOfSatisfying(
                        Held.class, h -> assertThat(h.fault().kind()).isEqualTo(Kind.NOT_COUNTERSIGNED));
        assertThat(countersign().map(LedgerFault::kind)).hasValue(Kind.ROLLED_BACK);
        assertThat(reserve(5)).isInstanceOf(Held.class);

        assertThat(recover()).isEqualTo(new Outcome.Recovered(4, 0, 0));
        assertGoesOn(4);
    }

    @Test
    void recover_fork_chargesBothBranches() {
        node.sql("delete from countersigned_head");
        setBack();
        restart();
        guard.countersigned("heart");
        // A node that was rolled back and did not ask its Overseer trains two rounds more; one has a key of the other
        // branch.
        assertThat(reserve(3)).isInstanceOf(Reserved.class);
        assertThat(reserve(4)).isInstanceOf(Reserved.class);
        assertThat(countersign().map(LedgerFault::kind)).hasValue(Kind.FORKED);

        assertThat(recover()).isEqualTo(new Outcome.Recovered(3, 0, 2));
        restart();
        assertThat(countersign()).isEmpty();
        assertThat(reserve(5)).isInstanceOf(Held.class);
        assertGoesOn(5);
        List<ChargeRow> rows = mirror(m -> m.rows("node_va", "heart"));
        assertThat(rows).hasSize(6);
        assertThat(rows.subList(3, 5)).allSatisfy(r -> {
            assertThat(r.recoveredFrom()).isPresent();
            assertThat(r.state()).isEqualTo(ChargeState.EXPIRED);
        });
        double once = HEART.filter().cost(new Phase(16.0 / 85, 3.0, 5));
        assertThat(ChainCheck.near(rows.get(5).spending().filterSpentAfter(), 6 * once))
                .isTrue();
    }

    @Test
    void recover_twice_carriesOnce() {
        node.sql("delete from countersigned_head");
        setBack();
        restart();
        guard.countersigned("heart");
        reserve(3);
        assertThat(recover()).isEqualTo(new Outcome.Recovered(3, 0, 1));
        assertThat(recover()).isEqualTo(new Outcome.Whole(3, 0));
        assertGoesOn(4);
        assertThat(recover()).isEqualTo(new Outcome.Whole(5, 0));
    }

    @Test
    void recover_nodeAhead_changesNothing() {
        reserve(4);

        assertThat(recover()).isEqualTo(new Outcome.Whole(4, 1));
    }

    @Test
    void recover_changedRowBehindTheMirror_keepsWhatFollows() {
        reserve(4);
        change(2, r -> r.json().put("steps", 1).toString());

        assertThat(recover()).isEqualTo(new Outcome.Recovered(3, 1, 0));
        assertGoesOn(4);
    }

    @Test
    void recover_changedRowThatTheMirrorLacks_refuses() {
        reserve(4);
        change(4, r -> r.json().put("steps", 1).toString());

        assertThat(recover())
                .isInstanceOfSatisfying(
                        Outcome.Unknown.class, u -> assertThat(u.why()).contains("row 4 was changed"));
        assertHeldFresh(Kind.ROW_CHANGED);
    }

    @Test
    void recover_deletedRowThatTheMirrorLacks_refuses() {
        reserve(4);
        node.sql("delete from ledger_charge where row_sequence = 4");

        assertThat(recover())
                .isInstanceOfSatisfying(
                        Outcome.Unknown.class, u -> assertThat(u.why()).contains("row 4"));
        assertHeldFresh(Kind.ROW_MISSING);
    }

    @Test
    void recover_exportOlderThanTheKeptHead_refuses() {
        List<ChargeRow> rows = mirror(m -> m.rows("node_va", "heart"));
        Map<String, X509Certificate> signers = mirror(m -> m.signers(rows));
        setBack();

        Outcome outcome = node.inTransaction(
                em -> new LedgerRecovery(em, FEDERATION.trust()).recover("heart", rows.subList(0, 2), signers));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Unknown.class, u -> assertThat(u.why()).contains("countersigned row 3"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
