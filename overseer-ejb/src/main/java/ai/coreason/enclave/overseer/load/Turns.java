package ai.coreason.enclave.overseer.load;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lets each node have one call of a kind under way at a time. Thread-safe. */
@ApplicationScoped
public class Turns {
    /** Calls that cost memory or time. */
    public enum Kind {
        /** An update that comes in. */
        UPLOAD,
        /** Ledger rows that are checked. */
        LEDGER
    }

    /** One call; given back when closed, once. */
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    private record Call(Kind kind, String nodeId) {}

    private final Set<Call> underWay = new HashSet<>();

    /**
     * Begins a call.
     *
     * @throws Busy if the node has another one of the kind under way
     */
    public Turn begin(Kind kind, String nodeId) {
        Call call = new Call(kind, nodeId);
        synchronized (underWay) {
            if (!underWay.add(call)) {
                throw new Busy("expected one call of this kind at a time of " + nodeId + ", got a second one");
            }
        }
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                end(call);
            }
        };
    }

    private void end(Call call) {
        synchronized (underWay) {
            underWay.remove(call);
        }
    }
}
