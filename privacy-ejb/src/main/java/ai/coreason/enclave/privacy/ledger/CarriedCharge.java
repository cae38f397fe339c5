package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.charset.StandardCharsets;

/** A charge of a branch that a recovery gave up: it waits for the node's key to be chained and charged once more. */
@Entity
@Table(name = "ledger_carried")
public class CarriedCharge {
    @Id
    @Column(name = "carried_id", length = 300)
    private String id;

    @Column(name = "account_key", nullable = false, length = 200)
    private String accountKey;

    @Column(name = "row_sequence", nullable = false)
    private long sequence;

    @Column(name = "row_json", nullable = false, length = 4000)
    private String json;

    /** For JPA. */
    protected CarriedCharge() {}

    CarriedCharge(String accountKey, ChargeRow row) {
        this.id = accountKey + "/" + row.hash();
        this.accountKey = accountKey;
        this.sequence = row.sequence();
        this.json = new String(Json.write(row.json()), StandardCharsets.UTF_8);
    }

    /** The charge as the lost branch had it. */
    ChargeRow row() {
        return ChargeRow.parse(Json.read(json), "row");
    }
}
