package ai.coreason.enclave.web.gate;

import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.problem.Problem;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Reads a body as it comes, without a thread that waits for it. It ends in one of three ways, whichever is first: all has come, the
 * time is over, or more came than may.
 */
final class BodyReading implements ReadListener, AsyncListener {
    private enum State {
        COMING,
        QUEUED,
        ENDED
    }

    private static final int PIECE = 8192;

    private final AsyncContext context;
    private final ServletInputStream in;
    private final BodyRule rule;
    private final Consumer<BodyReading> whole;
    private final Runnable ended;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final byte[] piece = new byte[PIECE];
    private final AtomicReference<State> state = new AtomicReference<>(State.COMING);
    private volatile Runnable turn = () -> {};

    /**
     * @param whole told once all has come
     * @param ended run once, when this is refused or over before it was dispatched
     */
    BodyReading(
            AsyncContext context, ServletInputStream in, BodyRule rule, Consumer<BodyReading> whole, Runnable ended) {
        this.context = context;
        this.in = in;
        this.rule = rule;
        this.whole = whole;
        this.ended = ended;
    }

    /** Begins. */
    void begin() {
        context.setTimeout(rule.total().toMillis());
        context.addListener(this);
        in.setReadListener(this);
    }

    /** The body. */
    byte[] bytes() {
        return bytes.toByteArray();
    }

    /** Sends the request on to the application; false if it is over. */
    boolean dispatch() {
        if (!state.compareAndSet(State.QUEUED, State.ENDED)) {
            return false;
        }
        context.dispatch();
        return true;
    }

    /** What takes this request's place in a queue. */
    void turn(Runnable start) {
        turn = start;
    }

    Runnable turn() {
        return turn;
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (in.isReady() && !in.isFinished()) {
            int read = in.read(piece);
            if (read < 0) {
                return;
            }
            if (bytes.size() + read > rule.bytes()) {
                refuse(ProblemType.TOO_LARGE, "body: expected at most " + rule.bytes() + " bytes, got more");
                return;
            }
            bytes.write(piece, 0, read);
        }
    }

    @Override
    public void onAllDataRead() {
        if (state.compareAndSet(State.COMING, State.QUEUED)) {
            whole.accept(this);
        }
    }

    @Override
    public void onError(Throwable broken) {
        end(() -> {});
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        String what = state.get() == State.QUEUED
                ? "this Overseer is busy; ask again in a while"
                : "body: expected all of it within " + rule.total().toSeconds() + " s, got less";
        refuse(state.get() == State.QUEUED ? ProblemType.UNAVAILABLE : ProblemType.TOO_SLOW, what);
    }

    @Override
    public void onError(AsyncEvent event) {
        end(() -> {});
    }

    @Override
    public void onComplete(AsyncEvent event) {
        // answered here or by the application
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // the application's own matter
    }

    /** Answers with a problem and closes the connection, if this is not over. */
    void refuse(ProblemType type, String detail) {
        end(() -> {
            HttpServletResponse response = (HttpServletResponse) context.getResponse();
            response.setHeader("Connection", "close");
            Problem.write(response, type, detail);
        });
    }

    private interface Answer {
        void write() throws IOException;
    }

    private void end(Answer answer) {
        if (state.getAndSet(State.ENDED) == State.ENDED) {
            return;
        }
        ended.run();
        try {
            answer.write();
        } catch (IOException | RuntimeException gone) {
            // nobody listens any more
        } finally {
            context.complete();
        }
    }
}
