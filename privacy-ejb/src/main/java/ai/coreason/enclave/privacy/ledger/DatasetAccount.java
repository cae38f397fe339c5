package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

/**
 * The head row of one dataset's ledger: its registration, the last sequence and hash, and what its filter has spent. It is
 * locked for every charge, so that two processes cannot both spend the last of a budget.
 */
@Entity
@Table(name = "dataset_account")
public class DatasetAccount {
    @Id
    @Column(name = "account_key", length = 200)
    private String key;

    @Column(nullable = false, length = 2000)
    private String registration;

    @Column(name = "data_source", length = 1000)
    private String source;

    @Column(name = "last_sequence", nullable = false)
    private long sequence;

    @Column(name = "head_hash", nullable = false, length = 64)
    private String head;

    @Column(name = "filter_spent", nullable = false)
    private double filterSpent;

    @Version
    private long version;

    /** For JPA. */
    protected DatasetAccount() {}

    DatasetAccount(String key, Dataset dataset, String source) {
        this.key = key;
        restate(dataset, source);
    }

    /** Takes another registration in the place of one that nothing was charged on. */
    final void restate(Dataset dataset, String source) {
        this.registration = new String(Json.canonical(dataset.json()), java.nio.charset.StandardCharsets.UTF_8);
        this.source = source;
        this.head = dataset.genesis();
    }

    /** The registration. */
    public Dataset dataset() {
        return Dataset.parse(JsonFields.of(Json.read(registration), "registration"));
    }

    /** Where the records lie; one source belongs to one dataset. */
    public String source() {
        return source;
    }

    /** The sequence of the last charge; 0 before the first. */
    public long sequence() {
        return sequence;
    }

    /** The hash of the last charge, or the genesis hash. */
    public String head() {
        return head;
    }

    /** The summed RDP at the filter's order. */
    public double filterSpent() {
        return filterSpent;
    }

    /** Moves the head onto a new row. */
    void append(ChargeRow row) {
        if (row.sequence() != sequence + 1 || !row.previousHash().equals(head)) {
            throw new IllegalStateException("dataset " + key + ": row " + row.sequence() + " does not follow the head");
        }
        sequence = row.sequence();
        head = row.hash();
        filterSpent = row.spending().filterSpentAfter();
    }

    /** Sets the head anew, onto the last row of a recovered chain. */
    void recover(ChainCheck.Position last) {
        sequence = last.sequence();
        head = last.hash();
        filterSpent = last.spent();
    }
}
