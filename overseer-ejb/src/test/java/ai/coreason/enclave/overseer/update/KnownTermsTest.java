package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.round.RoundsUnderWay;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A job of one round under way, and rows of a real ledger that name it. */
class KnownTermsTest {
    private static List<ChargeRow> charges;

    private OverseerDatabase database;
    private EntityManager em;
    private KnownTerms terms;
    private ObjectNode row;

    @BeforeAll
    static void charge(@TempDir Path ledgers) {
        try (SampleLedger ledger = new SampleLedger(ledgers)) {
            charges = ledger.rows();
        }
    }

    @BeforeEach
    void open() {
        database = new OverseerDatabase();
        em = database.entityManager();
        em.getTransaction().begin();
        LedgerMirror mirror = new LedgerMirror(em);
        mirror.register("node_va", SampleLedger.HEART);
        new RoundsUnderWay(em).add("job-1", "node_va");
        em.createNativeQuery("update job set job_digest = ?")
                .setParameter(1, "a".repeat(64))
                .executeUpdate();
        terms = new KnownTerms(em, mirror);
        row = charges.get(0).json();
    }

    @AfterEach
    void close() {
        em.getTransaction().rollback();
        em.close();
        database.close();
    }

    private String objection() {
        return terms.objection("node_va", ChargeRow.parse(row, "row")).orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RESERVED", "COMMITTED", "EXPIRED"})
    void objection_rowOfTheJob_isNone(String state) {
        row.put("state", state);

        assertThat(objection()).isEmpty();
    }

    /** A recovery hands in what was charged on the branch that it gave up. */
    @Test
    void objection_rowOfALostBranch_isNone() {
        row.put("state", "EXPIRED").put("recovered_from", "9".repeat(64));

        assertThat(objection()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "dataset_id, decoy, 'rows.dataset_id: expected \"heart\", got \"decoy\"'",
        "data_owner, another, 'rows.data_owner: expected \"owner_va\", got \"another\"'",
        "node_id, node_b, 'rows.node_id: expected \"node_va\", got \"node_b\"'",
        "state, UNPROTECTED, 'rows.state: expected \"RESERVED\", got \"UNPROTECTED\"'"
    })
    void objection_anotherText_namesIt(String member, String value, String why) {
        row.put(member, value);

        assertThat(objection()).isEqualTo(why);
    }

    @ParameterizedTest
    @CsvSource({
        "job_limit, 400, 'rows.job_limit: expected 3.0, got 400.0'",
        "job_delta, 0.3, 'rows.job_delta: expected 0.001, got 0.3'",
        "noise_multiplier, 80, 'rows.noise_multiplier: expected 3.0, got 80.0'",
        "max_grad_norm, 2, 'rows.max_grad_norm: expected 1.0, got 2.0'",
        "normaliser, 17, 'rows.normaliser: expected 16.0, got 17.0'"
    })
    void objection_anotherNumber_namesIt(String member, double value, String why) {
        row.put(member, value);

        assertThat(objection()).isEqualTo(why);
    }

    @Test
    void objection_anotherJobsDigest_namesIt() {
        row.put("job_digest", "9".repeat(64));

        assertThat(objection()).startsWith("rows.job_digest: expected ");
    }

    @Test
    void objection_roundThatTheJobDoesNotHave_namesIt() {
        row = charges.get(1).json();

        assertThat(objection()).isEqualTo("rows.round: expected at most 1, the rounds of job job-1, got 2");
    }

    @Test
    void objection_jobThatIsNotKnownOrHasNoPartForTheNode_isNone() {
        assertThat(terms.objection("node_va", charges.get(3))).isEmpty();
        assertThat(terms.objection("node_b", charges.get(0))).isEmpty();
    }
}
