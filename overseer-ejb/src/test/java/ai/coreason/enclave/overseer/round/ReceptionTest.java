package ai.coreason.enclave.overseer.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.overseer.job.JobState;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReceptionTest {
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
    private static final Upload UPLOAD = new Upload("a".repeat(64), "b".repeat(64), 9);

    private static final Predicate<String> HELD = digest -> true;

    private final Round open = round(1);
    private final Contribution invited = new Contribution(open, "node_a", "nonce");

    private static Round round(long attempt) {
        return new Round(new AttemptKey("job", 1, attempt), "0".repeat(64), NOW, NOW.plusSeconds(60));
    }

    private Reception of(JobState job, Round last) {
        return Reception.of(invited, UPLOAD, job, last, HELD);
    }

    private static void refused(Reception reception, UploadRefused.Kind kind, String why) {
        assertThat(reception).isInstanceOfSatisfying(Reception.Refused.class, r -> {
            assertThat(r.why().kind()).isEqualTo(kind);
            assertThat(r.why()).hasMessage(why);
        });
    }

    private static String closed(String state) {
        return "round: expected one that takes updates, got round 1, attempt 1, which is " + state;
    }

    @Test
    void of_firstUploadToAnOpenRound_isNew() {
        assertThat(of(JobState.RUNNING, open)).isEqualTo(new Reception.New());
    }

    @ParameterizedTest
    @EnumSource(JobState.class)
    void of_sameSealedBytesInAnotherEnvelope_areKnownByTheFirstWhateverTheJobDoes(JobState job) {
        invited.upload(UPLOAD);
        Upload again = new Upload(UPLOAD.sealedDigest(), "c".repeat(64), 10);

        assertThat(Reception.of(invited, again, job, round(2), HELD))
                .isEqualTo(new Reception.Known(UPLOAD.envelopeDigest()));
    }

    @Test
    void of_sameSealedBytesThatWaitAndAreLost_areTakenOnceMore() {
        invited.upload(UPLOAD);

        assertThat(Reception.of(invited, UPLOAD, JobState.RUNNING, open, digest -> false))
                .isEqualTo(new Reception.Lost());
    }

    @Test
    void of_sameSealedBytesThatWereJudgedAndDestroyed_areKnown() {
        invited.upload(UPLOAD);
        invited.admit(0, Map.of());

        assertThat(Reception.of(invited, UPLOAD, JobState.COMPLETED, open, digest -> false))
                .isEqualTo(new Reception.Known(UPLOAD.envelopeDigest()));
    }

    @Test
    void of_otherSealedBytes_areRefused() {
        invited.upload(UPLOAD);

        refused(
                Reception.of(invited, new Upload("c".repeat(64), "d".repeat(64), 9), JobState.RUNNING, open, HELD),
                UploadRefused.Kind.OTHER_BYTES,
                "update: expected the sealed bytes of the first upload, SHA-256 " + "a".repeat(64) + ", got SHA-256 "
                        + "c".repeat(64));
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"CANCELLED", "FAILED"})
    void of_jobIsOver_isClosed(JobState job) {
        refused(of(job, open), UploadRefused.Kind.CLOSED, closed("part of a job that is " + job));
    }

    @Test
    void of_laterAttemptIsOpen_isClosed() {
        refused(of(JobState.RUNNING, round(2)), UploadRefused.Kind.CLOSED, closed("superseded by attempt 2"));
    }

    @Test
    void of_roundIsAggregating_isClosed() {
        open.aggregate();

        refused(of(JobState.RUNNING, open), UploadRefused.Kind.CLOSED, closed("AGGREGATING"));
    }

    @Test
    void of_jobIsComplete_isClosed() {
        refused(of(JobState.COMPLETED, open), UploadRefused.Kind.CLOSED, closed("OPEN"));
    }

    @Test
    void of_nodeHasDeclined_isClosed() {
        invited.decline("INTERNAL: away");

        refused(of(JobState.RUNNING, open), UploadRefused.Kind.CLOSED, closed("one that node_a has DECLINED"));
    }

    @Test
    void taskIsOpen_oneThingAmiss_isFalse() {
        Instant deadline = open.deadline();
        assertThat(invited.taskIsOpen(open, JobState.RUNNING, deadline.minusMillis(1)))
                .isTrue();

        assertThat(invited.taskIsOpen(open, JobState.RUNNING, deadline)).isFalse();
        assertThat(invited.taskIsOpen(open, JobState.CANCELLED, NOW)).isFalse();
        assertThat(invited.taskIsOpen(round(2), JobState.RUNNING, NOW)).isFalse();
        open.aggregate();
        assertThat(invited.taskIsOpen(open, JobState.RUNNING, NOW)).isFalse();
    }
}
