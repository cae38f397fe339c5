package ai.coreason.enclave.launcher.acceptance;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Callers that nobody knows: connections that send a byte a second, and bodies of eight MiB that would become millions of objects.
 * They come from two loopback addresses and go to two ports of this machine. A process of its own, which has what time the
 * servers leave, as attackers are not on their victim's processors: {@code Attack SLOW BOMBS PORT...} prints each bomb's answer, a
 * status or {@code cut off}, and goes on dripping until its input ends. Not thread-safe.
 */
final class Attack implements AutoCloseable {
    private static final List<String> ADDRESSES = List.of("127.0.0.1", "127.0.0.2");
    private static final List<String> PATHS =
            List.of("/api/v1/enrolments/nonces", "/api/v1/enrolments", "/api/v1/overseer-evidence", "/api/v1/jobs");
    private static final int BOMB = 8 << 20;
    private static final int TIMEOUT_MILLIS = 60_000;

    private final List<Integer> ports;
    private final SSLContext tls = trustingAnybody();
    private final List<SSLSocket> slow = new ArrayList<>();
    private volatile boolean over;
    private Thread dripping;

    private Attack(List<Integer> ports) {
        this.ports = List.copyOf(ports);
    }

    /** Attacks. */
    public static void main(String[] args) throws Exception {
        List<Integer> ports = Arrays.stream(args).skip(2).map(Integer::valueOf).toList();
        try (Attack attack = new Attack(ports)) {
            attack.drip(Integer.parseInt(args[0]));
            attack.bomb(Integer.parseInt(args[1]));
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Starts it as a process that runs when nobody else wants to. */
    static Process start(int slow, int bombs, List<Integer> ports) throws IOException {
        List<String> command = new ArrayList<>(List.of("chrt", "--idle", "0"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Attack.class.getName(), "" + slow, "" + bombs));
        ports.forEach(port -> command.add("" + port));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Opens slow connections and keeps them alive, opening anew what the server closes, until this is closed. */
    private void drip(int connections) {
        for (int i = 0; i < connections; i++) {
            slow.add(null);
            reopen(i);
        }
        dripping = new Thread(this::keepDripping, "dripping");
        dripping.start();
    }

    private void keepDripping() {
        while (!over) {
            for (int i = 0; i < slow.size() && !over; i++) {
                dripInto(i);
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
    }

    private void dripInto(int i) {
        if (slow.get(i) == null) {
            reopen(i);
            return;
        }
        try {
            slow.get(i).getOutputStream().write(' ');
        } catch (IOException closed) {
            reopen(i);
        }
    }

    private void reopen(int i) {
        try {
            slow.set(i, begin(i));
        } catch (IOException refused) {
            slow.set(i, null);
        }
    }

    private SSLSocket begin(int i) throws IOException {
        SSLSocket socket = connect(i);
        socket.getOutputStream().write(head(PATHS.get(i / 2 % PATHS.size()), "Content-Length: 4000"));
        return socket;
    }

    /** Sends bombs, all at once and the last bytes together, and prints what they are answered. */
    private void bomb(int bombs) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(bombs);
        byte[] body = ("{\"node_id\":[" + "{},".repeat(BOMB / 3)).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < bombs; i++) {
            int each = i;
            threads.execute(() -> System.out.println(send(each, body)));
        }
        threads.shutdown();
        if (!threads.awaitTermination(5, TimeUnit.MINUTES)) {
            throw new AssertionError("bombs: expected every one to be answered or cut off, got some that hang");
        }
    }

    private String send(int i, byte[] body) {
        try (SSLSocket socket = connect(i)) {
            String path = PATHS.get(i / 2 % PATHS.size());
            socket.getOutputStream().write(head(path, "Content-Length: " + (body.length + 4)));
            socket.getOutputStream().write(body);
            socket.getOutputStream().write("{}]}".getBytes(StandardCharsets.US_ASCII));
            byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 413".length());
            String answer = new String(line, StandardCharsets.US_ASCII);
            return answer.isEmpty() ? "cut off" : answer.substring(answer.lastIndexOf(' ') + 1);
        } catch (IOException e) {
            return "cut off";
        }
    }

    private SSLSocket connect(int i) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(ADDRESSES.get(i / 8 % ADDRESSES.size())), 0));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress("127.0.0.1", ports.get(i % ports.size())), TIMEOUT_MILLIS);
        return socket;
    }

    private static byte[] head(String path, String length) {
        return ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        over = true;
        if (dripping != null) {
            LockSupport.unpark(dripping);
        }
        for (SSLSocket socket : slow) {
            close(socket);
        }
    }

    private static void close(SSLSocket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException gone) {
            // it is what was wanted
        }
    }

    private static SSLContext trustingAnybody() {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
