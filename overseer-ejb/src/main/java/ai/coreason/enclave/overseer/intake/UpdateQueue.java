package ai.coreason.enclave.overseer.intake;

import ai.coreason.enclave.overseer.round.RoundDesk;
import jakarta.annotation.Resource;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.Queue;

/** Puts uploads into the queue. The note of the upload and its message are one transaction. */
@Stateless
public class UpdateQueue {
    @Resource(lookup = "jms/connectionFactory")
    private ConnectionFactory connections;

    @Resource(lookup = "jms/updates")
    private Queue updates;

    @Inject
    private RoundDesk desk;

    /** Takes note of an upload and queues it; the same bytes again change nothing. */
    public void enqueue(ClaimCheck check, long bytes) {
        boolean fresh =
                desk.uploaded(check.jobId(), check.round(), check.attempt(), check.nodeId(), check.digest(), bytes);
        if (fresh) {
            try (JMSContext context = connections.createContext()) {
                context.createProducer().send(updates, check.text());
            }
        }
    }
}
