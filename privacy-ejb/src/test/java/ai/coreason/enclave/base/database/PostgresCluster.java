package ai.coreason.enclave.base.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL server of its own from the system's packages, on the loopback address, gone when closed. */
public final class PostgresCluster implements AutoCloseable {
    /** Its driver's class. */
    public static final String DRIVER = "org.postgresql.Driver";

    private final Path bin;
    private final Path folder;
    private final String password;
    private final int port;
    private final AtomicInteger created = new AtomicInteger();

    private PostgresCluster(Path bin) throws IOException {
        this.bin = bin;
        this.folder = Files.createTempDirectory(Path.of("/tmp"), "enclave-postgresql");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        this.password = HexFormat.of().formatHex(secret);
        this.port = freePort();
        Path passwordFile = Files.writeString(folder.resolve("password"), password);
        if (isRoot()) {
            UserPrincipal postgres =
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres");
            Files.setOwner(folder, postgres);
            Files.setOwner(passwordFile, postgres);
        }
        run("initdb", "-D", data(), "-U", "enclave", "--auth=scram-sha-256", "--pwfile=" + passwordFile);
        run(
                "pg_ctl",
                "-D",
                data(),
                "-w",
                "-l",
                folder.resolve("log").toString(),
                "-o",
                "-p " + port
                        + " -c max_prepared_transactions=64 -c listen_addresses=127.0.0.1 -c unix_socket_directories="
                        + folder,
                "start");
    }

    /** A running server; empty where PostgreSQL is not installed. */
    public static Optional<PostgresCluster> start() throws IOException {
        Path versions = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(versions)) {
            return Optional.empty();
        }
        try (Stream<Path> found = Files.list(versions)) {
            Optional<Path> newest = found.map(v -> v.resolve("bin"))
                    .filter(b -> Files.isExecutable(b.resolve("initdb")))
                    .max(Comparator.comparing(Path::toString));
            return newest.isPresent() ? Optional.of(new PostgresCluster(newest.get())) : Optional.empty();
        }
    }

    /** Makes a new empty database, and gives its name. */
    public String create() throws SQLException {
        String name = "enclave_" + created.incrementAndGet();
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return name;
    }

    /** The port, on the loopback address. */
    public int port() {
        return port;
    }

    /** Of the user {@code enclave}. */
    public String password() {
        return password;
    }

    /** Its address, with user and password. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=enclave&password=" + password;
    }

    /** Its connections. */
    public DataSource source() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url());
        return source;
    }

    /** Drops every table and sequence. */
    public void clear() throws SQLException {
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema public cascade; create schema public");
        }
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private void run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(bin.resolve(program).toString());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("postgresql", ".out");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int code = process.onExit().join().exitValue();
        String said = Files.readString(output);
        Files.delete(output);
        if (code != 0) {
            throw new IllegalStateException(program + ": expected exit code 0, got " + code + ": " + said);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        run("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
