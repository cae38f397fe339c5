package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.node.overseer.OverseerRefusal;
import ai.coreason.enclave.node.overseer.OverseerUnreachable;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.node.training.RoundBooks.Outgoing;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import java.util.Optional;

/**
 * Sends what lies in the outbox until the Overseer has it or will never take it: always the same sealed bytes for one key,
 * each time with fresh evidence for them.
 */
final class Delivery {
    private static final System.Logger LOG = System.getLogger(Delivery.class.getName());

    private final RoundBooks books;
    private final UpdateSeal seal;

    Delivery(RoundBooks books, UpdateSeal seal) {
        this.books = books;
        this.seal = seal;
    }

    /** Sends everything that waits. */
    void sendPending(Session session) throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        for (AttemptKey key : books.pending()) {
            send(session, key);
        }
    }

    /**
     * Sends the update of one attempt once more, if its bytes are still kept.
     *
     * @throws OverseerRefusal if it was refused for now; the update keeps waiting
     * @throws IllegalStateException if no quote can be had now; the update keeps waiting
     */
    void send(Session session, AttemptKey key) throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        Optional<byte[]> kept = books.outgoing(key).flatMap(Outgoing::kept);
        if (kept.isEmpty()) {
            return;
        }
        byte[] upload = seal.attest(session, kept.get());
        try {
            session.client().upload(new ContributionKey(key, session.nodeId()), upload);
            books.delivered(key);
            LOG.log(System.Logger.Level.INFO, "update.delivered {0} bytes={1}", key, "" + upload.length);
        } catch (OverseerRefusal e) {
            if (!e.isFinal()) {
                throw e;
            }
            books.refused(key);
            LOG.log(System.Logger.Level.WARNING, "update.refused {0}: {1}", key, e.getMessage());
        }
    }
}
