package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.Upload;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.overseer.vault.Vault;
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

    @Inject
    private Storage storage;

    /**
     * Takes note of an upload, keeps its bytes and queues it; the same sealed bytes again change nothing, whatever evidence
     * came with them, unless they wait to be judged and the vault has lost them.
     *
     * @param check what names the update, which was opened at the door
     * @param arrival the bytes; they become a vault entry before the message is sent, and only if the round takes them
     */
    public void enqueue(ClaimCheck check, String sealedDigest, Vault.Arrival arrival) {
        Optional<String> first = desk.uploaded(
                check.key(),
                new Upload(sealedDigest, check.digest(), arrival.entry().bytes()),
                storage.updates()::has);
        if (first.isEmpty()) {
            arrival.keep();
            try (JMSContext context = connections.createContext()) {
                context.createProducer().send(updates, check.text());
            }
        }
    }
}
