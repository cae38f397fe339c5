package ai.coreason.enclave.launcher.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The addresses that processes listen on, as the kernel tells them: /proc/net/tcp and tcp6 (proc_net_tcp.txt). */
final class Listeners {
    private static final String LISTENING = "0A";

    private Listeners() {}

    /** The local addresses, in the kernel's hexadecimal form without the port. */
    static List<String> of(List<ProcessHandle> processes) throws IOException {
        Set<String> sockets = new HashSet<>();
        for (ProcessHandle process : processes) {
            sockets.addAll(sockets(Path.of("/proc", String.valueOf(process.pid()), "fd")));
        }
        List<String> out = new ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] column = line.trim().split("\\s+");
                if (column.length > 9
                        && column[3].equals(LISTENING)
                        && sockets.contains("socket:[" + column[9] + "]")) {
                    out.add(column[1].substring(0, column[1].indexOf(':')));
                }
            }
        }
        return out;
    }

    /** Whether an address is 127.0.0.0/8, ::1 or the former as an IPv6 address. */
    static boolean loopback(String address) {
        return address.matches("[0-9A-F]{6}7F")
                || address.equals("00000000000000000000000001000000")
                || address.matches("0000000000000000FFFF0000[0-9A-F]{6}7F");
    }

    private static Set<String> sockets(Path descriptors) throws IOException {
        Set<String> out = new HashSet<>();
        try (Stream<Path> links = Files.list(descriptors)) {
            for (Path link : links.toList()) {
                try {
                    out.add(Files.readSymbolicLink(link).toString());
                } catch (NoSuchFileException closedMeanwhile) {
                    continue;
                }
            }
        }
        return out;
    }
}
