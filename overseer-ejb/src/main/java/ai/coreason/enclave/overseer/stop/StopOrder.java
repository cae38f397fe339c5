package ai.coreason.enclave.overseer.stop;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One thing that an operator has stopped; it is stopped for as long as the order stands. */
@Entity
@Table(name = "stop_order", indexes = @Index(name = "stop_order_kind", columnList = "stop_kind"))
public class StopOrder {
    /** Longest subject, in characters: what OpenID Connect allows a {@code sub}. */
    public static final int SUBJECT_LENGTH = 255;

    private static final int BY_LENGTH = 200;

    /** What is stopped. */
    public enum Kind {
        /** A node, by its id: it is no member and cannot enrol. */
        NODE,
        /** A certificate of a node, by its serial in lower-case hex. */
        CERTIFICATE,
        /** The tokens of a user that were issued before the order, by their {@code sub}. */
        USER,
        /** A job, by its id: none of its rounds moves. */
        JOB,
        /** Everything: no task, no round, no enrolment, no job. */
        FEDERATION
    }

    @Id
    @Column(name = "stop_key", length = 300)
    private String key;

    @Enumerated(EnumType.STRING)
    @Column(name = "stop_kind", nullable = false, length = 16)
    private Kind kind;

    @Column(nullable = false, length = SUBJECT_LENGTH)
    private String subject;

    @Column(name = "ordered_at", nullable = false)
    private Instant at;

    @Column(name = "ordered_by", nullable = false, length = BY_LENGTH)
    private String by;

    @Version
    private long version;

    /** For JPA. */
    protected StopOrder() {}

    StopOrder(Kind kind, String subject) {
        if (subject.isEmpty() || subject.length() > SUBJECT_LENGTH) {
            throw new IllegalArgumentException(
                    "subject: expected 1 to " + SUBJECT_LENGTH + " characters, got " + subject.length());
        }
        this.key = key(kind, subject);
        this.kind = kind;
        this.subject = subject;
    }

    static String key(Kind kind, String subject) {
        return kind + "/" + subject;
    }

    /** Notes who gave the order, now. */
    void give(String operator) {
        at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        by = operator.substring(0, Math.min(operator.length(), BY_LENGTH));
    }

    /** What kind of thing is stopped. */
    public Kind kind() {
        return kind;
    }

    /** Which one. */
    public String subject() {
        return subject;
    }

    /** Since when. */
    public Instant at() {
        return at;
    }

    /** Who gave the order. */
    public String by() {
        return by;
    }
}
