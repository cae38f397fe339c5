package ai.coreason.enclave.launcher.simulate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A line between a node and its Overseer that can be made to break once. It sees bytes only, so a fault names a request by
 * its size: what a node sends on one connection without having got an answer.
 */
final class FaultyLine implements AutoCloseable {
    /** How the line breaks. */
    enum Fault {
        /** In the middle of the request: the Overseer never gets it whole. */
        REQUEST_CUT,
        /** After the request: the Overseer gets it whole, and the node gets no answer. */
        ANSWER_LOST
    }

    private record Armed(Fault fault, int bytes, boolean thenDown, CompletableFuture<Void> broken) {}

    private static final Armed NEVER =
            new Armed(Fault.REQUEST_CUT, Integer.MAX_VALUE, false, new CompletableFuture<>());

    private final ServerSocket listening;
    private final InetSocketAddress overseer;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Armed armed = NEVER;
    private volatile boolean down;

    FaultyLine(int overseerPort) throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        listening = new ServerSocket(0, 50, here);
        overseer = new InetSocketAddress(here, overseerPort);
        start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /**
     * Breaks the line at the next request of more than so many bytes.
     *
     * @param thenDown whether it stays down until it is {@link #mend mended}
     * @return ends when the line breaks
     */
    CompletableFuture<Void> breakAt(Fault fault, int bytes, boolean thenDown) {
        CompletableFuture<Void> broken = new CompletableFuture<>();
        armed = new Armed(fault, bytes, thenDown, broken);
        return broken;
    }

    void mend() {
        down = false;
    }

    private void accept() throws IOException {
        while (true) {
            Socket node = listening.accept();
            if (down) {
                node.close();
                continue;
            }
            Socket there = new Socket(overseer.getAddress(), overseer.getPort());
            open.add(node);
            open.add(there);
            AtomicInteger unanswered = new AtomicInteger();
            start(() -> pump(node, there, n -> {
                int sent = unanswered.addAndGet(n);
                return armed.fault() == Fault.REQUEST_CUT && sent > armed.bytes();
            }));
            start(() -> pump(there, node, n -> {
                int sent = unanswered.getAndSet(0);
                return armed.fault() == Fault.ANSWER_LOST && sent > armed.bytes();
            }));
        }
    }

    private interface Judge {
        boolean breaks(int bytes);
    }

    private void pump(Socket from, Socket to, Judge judge) throws IOException {
        byte[] buffer = new byte[4096];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (judge.breaks(n)) {
                    Armed fault = armed;
                    armed = NEVER;
                    down = fault.thenDown();
                    fault.broken().complete(null);
                    return;
                }
                out.write(buffer, 0, n);
            }
        } finally {
            open.remove(from);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        return;
                    }
                },
                "faulty-line");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
