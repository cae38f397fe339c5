package ai.coreason.enclave.sentry.attestation.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service on this machine that gives what a test lays down, and a clock whose pauses are over at once. */
public final class FakeService extends Clock implements AutoCloseable {
    /** What is given to one request. */
    public interface Reply {
        void to(HttpExchange exchange) throws IOException;
    }

    public final List<String> asked = new CopyOnWriteArrayList<>();
    public final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final Map<String, Deque<Reply>> replies = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Instant now;

    public FakeService(Instant now) throws IOException {
        this.now = now;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The replies to one address in order; the last one is given again and again. */
    public FakeService at(String path, Reply... given) {
        replies.put(path, new ArrayDeque<>(List.of(given)));
        return this;
    }

    public Download download() {
        return download(Waiting.DEFAULT);
    }

    public Download download(Waiting waiting) {
        return new Download(waiting, this, time -> {
            pauses.add(time);
            pass(time);
        });
    }

    public void pass(Duration time) {
        now = now.plus(time);
    }

    public static Reply ok(byte[] body) {
        return status(200, body);
    }

    public static Reply ok(byte[] body, Map<String, String> headers) {
        return status(200, body, headers);
    }

    public static Reply status(int status) {
        return status(status, new byte[0]);
    }

    public static Reply status(int status, byte[] body) {
        return status(status, body, Map.of());
    }

    public static Reply status(int status, byte[] body, Map<String, String> headers) {
        return exchange -> {
            headers.forEach(exchange.getResponseHeaders()::add);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        };
    }

    /** A body that ends before the length that its header tells. */
    public static Reply truncated(byte[] body) {
        return exchange -> {
            exchange.sendResponseHeaders(200, body.length + 10L);
            exchange.getResponseBody().write(body);
        };
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(exchange.getRequestURI().toString());
            Deque<Reply> left = replies.get(exchange.getRequestURI().toString());
            Reply reply;
            if (left == null) {
                reply = status(404);
            } else {
                synchronized (left) {
                    reply = left.size() > 1 ? left.removeFirst() : left.getFirst();
                }
            }
            reply.to(exchange);
        }
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
