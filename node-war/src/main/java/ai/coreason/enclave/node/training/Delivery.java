package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.agent.OverseerRefusal;
import ai.coreason.enclave.node.agent.OverseerUnreachable;
import ai.coreason.enclave.node.agent.Session;
import ai.coreason.enclave.node.training.RoundBooks.Outgoing;
import ai.coreason.enclave.privacy.ledger.ChargeKey;
import java.util.Optional;

/** Sends what lies in the outbox until the Overseer has it or will never take it; always the same bytes for one key. */
final class Delivery {
    private static final System.Logger LOG = System.getLogger(Delivery.class.getName());

    private final RoundBooks books;

    Delivery(RoundBooks books) {
        this.books = books;
    }

    /** Sends everything that waits. */
    void sendPending(Session session) throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        for (ChargeKey key : books.pending()) {
            Optional<Outgoing> outgoing = books.outgoing(key);
            if (outgoing.isPresent()) {
                send(session, outgoing.get());
            }
        }
    }

    /**
     * Sends one update once more.
     *
     * @return whether there were bytes to send; they are forgotten some time after their round is over
     * @throws OverseerRefusal if it was refused for now; the update keeps waiting
     */
    boolean send(Session session, Outgoing outgoing) throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        if (outgoing.envelope().isEmpty()) {
            return false;
        }
        ChargeKey key = outgoing.key();
        byte[] envelope = outgoing.envelope().get();
        try {
            session.client().upload(key.jobId(), key.round(), session.nodeId(), envelope);
            books.delivered(key);
            LOG.log(System.Logger.Level.INFO, "update.delivered {0} bytes={1}", key, "" + envelope.length);
        } catch (OverseerRefusal e) {
            if (!e.isFinal()) {
                throw e;
            }
            books.refused(key);
            LOG.log(System.Logger.Level.WARNING, "update.refused {0}: {1}", key, e.getMessage());
        }
        return true;
    }
}
