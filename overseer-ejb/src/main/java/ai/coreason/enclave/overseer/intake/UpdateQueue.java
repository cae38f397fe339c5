package ai.coreason.enclave.overseer.intake;

import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.Upload;
import jakarta.annotation.Resource;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.Queue;
import java.util.Optional;

/** Puts uploads into the queue. The note of the upload and its message are one transaction. */
@Stateless
public class UpdateQueue {
    @Resource(lookup = "jms/connectionFactory")
    private ConnectionFactory connections;

    @Resource(lookup = "jms/updates")
    private Queue updates;

    @Inject
    private RoundDesk desk;

    /**
     * Takes note of an upload and queues it; the same sealed bytes again change nothing.
     *
     * @return the digest of the envelope that counts: this one, or the one that came first with these sealed bytes
     */
    public String enqueue(ClaimCheck check, String sealedDigest, long bytes) {
        Optional<String> first = desk.uploaded(
                check.jobId(),
                check.round(),
                check.attempt(),
                check.nodeId(),
                new Upload(sealedDigest, check.digest(), bytes));
        if (first.isEmpty()) {
            try (JMSContext context = connections.createContext()) {
                context.createProducer().send(updates, check.text());
            }
        }
        return first.orElse(check.digest());
    }
}
