package ai.coreason.enclave.overseer.round;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What is to become of an open round. It ends when every contribution is settled or at its deadline; updates that came in
 * time but are not judged yet get {@link #GRACE} more, so that a message which the queue gave up on cannot hold a round
 * open for ever.
 */
enum Closing {
    /** Something is still awaited. */
    WAIT,
    /** Enough updates are admitted. */
    AGGREGATE,
    /** Too few updates came in time. */
    ABANDON;

    /** How long after the deadline an update that came in time may wait to be judged. */
    static final Duration GRACE = Duration.ofSeconds(60);

    /** Judges a round by its contributions' states. */
    static Closing of(List<ContributionState> states, int minClients, Instant deadline, Instant now) {
        boolean settled = states.stream().allMatch(ContributionState::settled);
        boolean late = !now.isBefore(deadline);
        boolean unjudged = states.contains(ContributionState.UPLOADED) && now.isBefore(deadline.plus(GRACE));
        if (!settled && (!late || unjudged)) {
            return WAIT;
        }
        long admitted =
                states.stream().filter(ContributionState.ADMITTED::equals).count();
        return admitted >= minClients ? AGGREGATE : ABANDON;
    }
}
