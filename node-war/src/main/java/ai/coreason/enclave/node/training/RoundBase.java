package ai.coreason.enclave.node.training;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The one base model of a round of a job: whoever names another one later is refused, whatever the attempt. */
@Entity
@Table(name = "round_base")
public class RoundBase {
    @Id
    @Column(name = "round_id", length = 100)
    private String id;

    @Column(name = "base_digest", nullable = false, length = 64)
    private String baseDigest;

    /** For JPA. */
    protected RoundBase() {}

    RoundBase(String jobId, long round, String baseDigest) {
        this.id = id(jobId, round);
        this.baseDigest = baseDigest;
    }

    static String id(String jobId, long round) {
        return jobId + "/" + round;
    }

    /** Lower-case hex SHA-256 of the base model. */
    String baseDigest() {
        return baseDigest;
    }
}
