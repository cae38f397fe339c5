package ai.coreason.enclave.privacy.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.accounting.Phase;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerMirrorTest {
    private static final Dataset HEART = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 85, 1e-3, 5.0, false);

    private static final LedgerAuthority FEDERATION = new LedgerAuthority("federation");
    private static final RowSigner SIGNER = FEDERATION.node("node_va");

    @TempDir
    private Path folder;

    private LedgerDatabase node;
    private LedgerDatabase overseer;
    private List<ChargeRow> rows;

    @BeforeEach
    void threeRowsAtTheNode() {
        node = new LedgerDatabase(folder.resolve("node"));
        overseer = new LedgerDatabase(folder.resolve("overseer"));
        rows = node.inTransaction(em -> {
            LedgerBook book = new LedgerBook(em, Clock.systemUTC(), FEDERATION.guard("heart"));
            book.register(HEART, "va.csv");
            for (long r = 1; r <= 3; r++) {
                book.reserve(
                        new ChargeRequest(
                                "heart",
                                new AttemptKey("job", r, 1),
                                "a".repeat(64),
                                "node_va",
                                Optional.of(new Phase(16.0 / 85, 3.0, 5)),
                                1.0,
                                16,
                                3.0,
                                1e-3,
                                "b".repeat(64),
                                "c".repeat(64)),
                        SIGNER);
            }
            return book.rows("heart");
        });
        overseer.inTransaction(em -> {
            new LedgerMirror(em).register("node_va", HEART);
            new LedgerMirror(em).know("node_va", SIGNER.certificate());
            return null;
        });
    }

    @AfterEach
    void close() {
        node.close();
        overseer.close();
    }

    private Optional<String> accept(ChargeRow row) {
        return overseer.inTransaction(em -> new LedgerMirror(em).accept("node_va", row));
    }

    private static ChargeRow changed(ChargeRow row, Consumer<ObjectNode> change) {
        ObjectNode json = row.json();
        change.accept(json);
        String hash = ChargeRow.parse(json, "row").computedHash();
        json.put("hash", hash).put("signature", SIGNER.sign(hash).value());
        return ChargeRow.parse(json, "row");
    }

    @Test
    void accept_rowsInOrder_areMirrored() {
        rows.forEach(r -> assertThat(accept(r)).isEmpty());
        assertThat(accept(rows.get(1))).isEmpty();
        assertThat(overseer.<List<ChargeRow>>inTransaction(em -> new LedgerMirror(em).rows("node_va", "heart")))
                .isEqualTo(rows);
    }

    @Test
    void accept_gap_isRefused() {
        assertThat(accept(rows.get(1))).hasValueSatisfying(w -> assertThat(w).contains("expected ledger sequence 1"));
    }

    @Test
    void accept_fork_isRefused() {
        accept(rows.get(0));
        ChargeRow fork = changed(rows.get(0), o -> o.put("round", 9));
        assertThat(accept(fork)).hasValueSatisfying(w -> assertThat(w).contains("fork"));
        ChargeRow late = changed(rows.get(1), o -> o.put("previous_hash", "0".repeat(64)));
        assertThat(accept(late)).hasValueSatisfying(w -> assertThat(w).contains("fork"));
    }

    @Test
    void accept_smallerCostThanTrue_isRefused() {
        assertThat(accept(changed(rows.get(0), o -> o.put("filter_spent_after", 0.0))))
                .isPresent();
        assertThat(accept(changed(rows.get(0), o -> o.put("epsilon_after", 0.1))))
                .isPresent();
        assertThat(accept(changed(rows.get(0), o -> o.put("job_epsilon_after", 0.1))))
                .isPresent();
    }

    @Test
    void accept_changedWithoutNewHash_isRefused() {
        ObjectNode json = rows.get(0).json();
        json.put("steps", 6);
        assertThat(accept(ChargeRow.parse(json, "row")))
                .hasValueSatisfying(w -> assertThat(w).contains("hash"));
    }

    @Test
    void accept_secondChargeOfAnAttempt_isRefused() {
        accept(rows.get(0));
        assertThat(accept(changed(rows.get(1), o -> o.put("round", 1))))
                .hasValueSatisfying(w -> assertThat(w).contains("one charge an attempt"));
    }

    @Test
    void accept_committedAfterExpired_isRefusedAndStaysExpired() {
        accept(rows.get(0).in(ChargeState.EXPIRED));
        assertThat(accept(rows.get(0).in(ChargeState.COMMITTED)))
                .hasValueSatisfying(w -> assertThat(w).contains("expected EXPIRED to stay"));
        assertThat(overseer.<List<ChargeRow>>inTransaction(em -> new LedgerMirror(em).rows("node_va", "heart")))
                .extracting(ChargeRow::state)
                .containsExactly(ChargeState.EXPIRED);
    }

    private CheckedRows checked(List<ChargeRow> came) {
        return overseer.inTransaction(em -> new LedgerMirror(em).check("node_va", "heart", came))
                .orElseThrow()
                .result();
    }

    private Optional<List<ChargeRow>> take(CheckedRows.Fit fit) {
        return overseer.inTransaction(em -> new LedgerMirror(em).take(fit));
    }

    @Test
    void check_rowsOfOneCall_areReadOnceHoweverManyCome() {
        accept(rows.get(0));
        List<String> read = new ArrayList<>();

        CheckedRows checked = overseer.inTransaction(em -> new LedgerMirror(em) {
                    @Override
                    public List<ChargeRow> rows(String nodeId, String datasetId) {
                        read.add(datasetId);
                        return super.rows(nodeId, datasetId);
                    }
                }.check("node_va", "heart", rows))
                .orElseThrow()
                .result();

        assertThat(checked)
                .isEqualTo(
                        new CheckedRows.Fit("node_va", "heart", 1, rows.get(0).hash(), rows.subList(1, 3)));
        assertThat(read).containsExactly("heart");
    }

    @Test
    void take_rowsThatWereChecked_areMirroredAndAloneTold() {
        CheckedRows.Fit fit = (CheckedRows.Fit) checked(
                List.of(rows.get(0), rows.get(0), rows.get(0).in(ChargeState.COMMITTED), rows.get(0), rows.get(1)));

        assertThat(take(fit)).hasValue(List.of(rows.get(0), rows.get(0).in(ChargeState.COMMITTED), rows.get(1)));
        assertThat(overseer.<List<ChargeRow>>inTransaction(em -> new LedgerMirror(em).rows("node_va", "heart")))
                .containsExactly(rows.get(0).in(ChargeState.COMMITTED), rows.get(1));
    }

    @Test
    void take_mirrorThatHasMovedSince_takesNothing() {
        CheckedRows.Fit fit = (CheckedRows.Fit) checked(rows);
        accept(rows.get(0));

        assertThat(take(fit)).isEmpty();
        assertThat(overseer.<List<ChargeRow>>inTransaction(em -> new LedgerMirror(em).rows("node_va", "heart")))
                .hasSize(1);
    }

    @Test
    void take_rowThatHasExpiredSince_takesNothing() {
        accept(rows.get(0));
        CheckedRows.Fit fit = (CheckedRows.Fit) checked(List.of(rows.get(0).in(ChargeState.COMMITTED), rows.get(1)));
        accept(rows.get(0).in(ChargeState.EXPIRED));

        assertThat(take(fit)).isEmpty();
        assertThat(checked(List.of(rows.get(0).in(ChargeState.COMMITTED))))
                .isEqualTo(new CheckedRows.Unfit("state: expected EXPIRED to stay, got COMMITTED"));
    }

    @Test
    void check_stateThatChangesNothing_isNoNews() {
        accept(rows.get(0));
        ChargeRow forged = rows.get(0).in(ChargeState.UNPROTECTED);

        assertThat(checked(List.of(forged, forged)))
                .isEqualTo(
                        new CheckedRows.Fit("node_va", "heart", 1, rows.get(0).hash(), List.of()));
    }

    @Test
    void check_faultInTheMiddle_isThatOfTheFirstRowThatDoesNotFit() {
        assertThat(checked(List.of(rows.get(0), rows.get(2), rows.get(1))))
                .isEqualTo(new CheckedRows.Unfit("expected ledger sequence 2, got 3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"accountant", "measurement", "job_id", "node_id", "data_owner", "hash", "job_digest"})
    void parse_textThatTheDatabaseCannotHold_isRefusedByName(String member) {
        ObjectNode json = rows.get(0).json().put(member, "x".repeat(5000));
        assertThatThrownBy(() -> ChargeRow.parse(json, "row"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("row." + member + ": expected");
    }

    @Test
    void parse_membersAtOddsWithEachOther_isRefusedAsADocument() {
        ObjectNode json = rows.get(0).json().put("delta", 0.5);
        assertThatThrownBy(() -> ChargeRow.parse(json, "row"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("delta");
    }

    @Test
    void accept_unsigned_isRefused() {
        ObjectNode json = rows.get(0).json().putNull("signature");
        assertThat(accept(ChargeRow.parse(json, "row")))
                .hasValueSatisfying(w -> assertThat(w).contains("not signed"));
    }

    @Test
    void accept_signedByAnotherNode_isRefused() {
        RowSigner other = FEDERATION.node("node_b");
        overseer.inTransaction(em -> {
            new LedgerMirror(em).know("node_b", other.certificate());
            return null;
        });
        RowSignature foreign = other.sign(rows.get(0).hash());
        ObjectNode json = rows.get(0).json().put("signer", foreign.signer()).put("signature", foreign.value());
        assertThat(accept(ChargeRow.parse(json, "row")))
                .hasValueSatisfying(w -> assertThat(w).contains("no certificate that was issued to node_va"));
    }

    @Test
    void accept_signatureOverAnotherRow_isRefused() {
        ObjectNode json =
                rows.get(0).json().put("signature", SIGNER.sign("0".repeat(64)).value());
        assertThat(accept(ChargeRow.parse(json, "row")))
                .hasValueSatisfying(w -> assertThat(w).contains("as it says"));
    }

    @Test
    void accept_otherRegistration_isRefused() {
        assertThat(accept(changed(rows.get(0), o -> o.put("declared_rows", 850))))
                .isPresent();
    }

    @Test
    void register_sameOwnersDatasetAtAnotherNode_isRefused() {
        assertThatThrownBy(() -> overseer.inTransaction(em -> {
                    new LedgerMirror(em).register("node_twin", HEART);
                    return null;
                }))
                .hasMessageContaining("that no other node has registered")
                .hasMessageContaining("which node_va has");
    }

    @Test
    void objection_registrationThatChanged_namesTheMemberAndLeavesTheTransaction() {
        Dataset raised = new Dataset(
                HEART.dataOwner(),
                HEART.datasetId(),
                HEART.unit(),
                HEART.declaredRows() + 1,
                HEART.delta(),
                HEART.ceiling(),
                HEART.open());

        Optional<String> changed = overseer.inTransaction(em -> new LedgerMirror(em).objection("node_va", raised));
        Optional<String> same = overseer.inTransaction(em -> new LedgerMirror(em).objection("node_va", HEART));

        assertThat(changed)
                .hasValue("declared_rows: expected " + HEART.declaredRows() + ", as on the first day, got "
                        + raised.declaredRows());
        assertThat(same).isEmpty();
    }
}
