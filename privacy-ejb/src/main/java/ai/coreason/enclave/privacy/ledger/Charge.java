package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import java.nio.charset.StandardCharsets;

/** One stored charge: the row's JSON as it was hashed, its state, and the columns it is looked up by. */
@Entity
@Table(
        name = "ledger_charge",
        uniqueConstraints = {
            @UniqueConstraint(
                    name = "ledger_charge_once",
                    columnNames = {"account_key", "job_id", "round_number", "attempt", "recovered_from"}),
            @UniqueConstraint(
                    name = "ledger_charge_sequence",
                    columnNames = {"account_key", "row_sequence"})
        },
        indexes = @Index(name = "ledger_charge_job", columnList = "job_id"))
public class Charge {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "ledger_charge_seq")
    @SequenceGenerator(name = "ledger_charge_seq", sequenceName = "ledger_charge_seq", allocationSize = 50)
    private long id;

    @Column(name = "account_key", nullable = false, length = 200)
    private String accountKey;

    @Column(name = "row_sequence", nullable = false)
    private long sequence;

    @Column(name = "job_id", nullable = false, length = 64)
    private String jobId;

    @Column(name = "round_number", nullable = false)
    private long round;

    @Column(nullable = false)
    private long attempt;

    /** The hash of the row that this one stands for; empty for an ordinary charge. */
    @Column(name = "recovered_from", nullable = false, length = 64)
    private String recovered;

    @Enumerated(EnumType.STRING)
    @Column(name = "charge_state", nullable = false, length = 16)
    private ChargeState state;

    @Column(name = "row_json", nullable = false, length = 4000)
    private String json;

    /** For JPA. */
    protected Charge() {}

    Charge(String accountKey, ChargeRow row) {
        this.accountKey = accountKey;
        this.sequence = row.sequence();
        this.jobId = row.request().key().jobId();
        this.round = row.request().key().round();
        this.attempt = row.request().key().attempt();
        this.recovered = row.recoveredFrom().orElse("");
        this.state = row.state();
        this.json = new String(Json.write(row.json()), StandardCharsets.UTF_8);
    }

    /** The row in its present state. */
    public ChargeRow row() {
        return ChargeRow.parse(Json.read(json), "row").in(state);
    }

    /** All of it that never changes: the columns that it is filed under and the row as it was hashed and signed. */
    String filed() {
        return sequence + " " + jobId + " " + round + " " + attempt + " " + recovered + " " + json;
    }

    /** Its place in the chain, as it is filed. */
    long sequence() {
        return sequence;
    }

    /** The attempt, as it is filed. */
    AttemptKey key() {
        return new AttemptKey(jobId, round, attempt);
    }

    /** Whether the columns that the row is looked up by say what the row says. */
    boolean agrees(ChargeRow row) {
        AttemptKey key = row.request().key();
        return sequence == row.sequence()
                && jobId.equals(key.jobId())
                && round == key.round()
                && attempt == key.attempt()
                && recovered.equals(row.recoveredFrom().orElse(""));
    }

    /** Marks that the attempt's sealed update is in the outbox. */
    void commit() {
        if (state == ChargeState.EXPIRED) {
            throw new IllegalStateException("charge " + sequence + " of " + accountKey + " has expired");
        }
        if (state == ChargeState.RESERVED) {
            state = ChargeState.COMMITTED;
        }
    }

    /** Marks that the attempt ended without an update. */
    void expire() {
        if (state == ChargeState.RESERVED) {
            state = ChargeState.EXPIRED;
        }
    }
}
