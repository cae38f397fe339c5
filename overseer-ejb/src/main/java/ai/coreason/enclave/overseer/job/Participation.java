package ai.coreason.enclave.overseer.job;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import java.util.Optional;

/** One node's part in one job: the plan that was fixed at admission and whether the node still takes part. */
@Entity
@Table(
        name = "participation",
        uniqueConstraints =
                @UniqueConstraint(
                        name = "participation_once",
                        columnNames = {"job_id", "node_id"}))
public class Participation {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "participation_seq")
    @SequenceGenerator(name = "participation_seq", sequenceName = "participation_seq", allocationSize = 50)
    private long id;

    @Column(name = "job_id", nullable = false, length = 36)
    private String jobId;

    @Column(name = "node_id", nullable = false, length = 64)
    private String nodeId;

    @Column(name = "plan_json", nullable = false, length = 2000)
    private String plan;

    @Enumerated(EnumType.STRING)
    @Column(name = "participation_state", nullable = false, length = 16)
    private ParticipationState state;

    @Column(length = 500)
    private String reason;

    @Version
    private long version;

    /** For JPA. */
    protected Participation() {}

    Participation(String jobId, NodePlan plan) {
        this.jobId = jobId;
        this.nodeId = plan.nodeId();
        this.plan = plan.text();
        this.state = ParticipationState.ACTIVE;
    }

    /** Takes the node out of the job. */
    public void leave(ParticipationState as, String why) {
        if (as == ParticipationState.ACTIVE) {
            throw new IllegalArgumentException("state: expected one that is not ACTIVE, got ACTIVE");
        }
        if (state == ParticipationState.ACTIVE) {
            state = as;
            reason = why.substring(0, Math.min(why.length(), 500));
        }
    }

    /** The job. */
    public String jobId() {
        return jobId;
    }

    /** The node. */
    public String nodeId() {
        return nodeId;
    }

    /** What the node trains with. */
    public NodePlan plan() {
        return NodePlan.parse(plan);
    }

    /** Whether the node takes part. */
    public ParticipationState state() {
        return state;
    }

    /** Whether the node takes part. */
    public boolean active() {
        return state == ParticipationState.ACTIVE;
    }

    /** Why the node no longer takes part. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }
}
