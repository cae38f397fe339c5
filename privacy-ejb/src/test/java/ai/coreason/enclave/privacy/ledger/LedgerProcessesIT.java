package ai.coreason.enclave.privacy.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.coreason.enclave.base.database.PostgresCluster;
import ai.coreason.enclave.privacy.accounting.PldAccountant;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ledgers that other processes write, and leave behind when they are killed. */
class LedgerProcessesIT {
    private static final int ATTEMPTS = 40;

    @TempDir
    private Path folder;

    @BeforeEach
    void keys() throws Exception {
        new LedgerAuthority("federation").export(folder, "node_va");
    }

    /** One child process. */
    private record Child(Process process, BufferedReader out) {
        void expect(String line) throws IOException {
            assertThat(out.readLine()).isEqualTo(line);
        }

        void go() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        }

        List<String> rest() throws Exception {
            List<String> lines = out.lines().toList();
            assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
            return lines;
        }
    }

    private Child child(String url, String driver, String mode, long firstRound) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Dderby.stream.error.file=" + folder.resolve("derby.log"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                LedgerProcess.class.getName(),
                driver,
                folder.toString(),
                mode,
                String.valueOf(firstRound),
                String.valueOf(ATTEMPTS));
        builder.environment().put("LEDGER_URL", url);
        Process process = builder.redirectErrorStream(true).start();
        return new Child(process, process.inputReader(StandardCharsets.UTF_8));
    }

    private static PostgresCluster postgresql() throws IOException {
        Optional<PostgresCluster> cluster = PostgresCluster.start();
        if ("true".equals(System.getenv("CI"))) {
            assertThat(cluster).as("PostgreSQL below /usr/lib/postgresql").isPresent();
        }
        assumeThat(cluster).as("PostgreSQL below /usr/lib/postgresql").isPresent();
        return cluster.orElseThrow();
    }

    private static LedgerDatabase registered(PostgresCluster cluster) {
        LedgerDatabase.makeTables(cluster.source());
        return registered(new LedgerDatabase(cluster.url(), PostgresCluster.DRIVER));
    }

    private static LedgerDatabase registered(LedgerDatabase database) {
        database.inTransaction(
                em -> new LedgerBook(em, Clock.systemUTC(), new LedgerGuard()).register(LedgerProcess.HEART, "va.csv"));
        return database;
    }

    private List<ChargeRow> wholeRows(LedgerDatabase database) throws Exception {
        LedgerGuard guard = LedgerProcess.guard(folder);
        Optional<LedgerFault> fault =
                database.inTransaction(em -> new LedgerBook(em, Clock.systemUTC(), guard).inspect("heart"));
        assertThat(fault).isEmpty();
        return database.inTransaction(em -> new LedgerBook(em, Clock.systemUTC(), guard).rows("heart"));
    }

    @Test
    void reserve_twoProcessesOnPostgresql_neverPassTheLimitNorLoseACharge() throws Exception {
        long affordable = PldAccountant.affordableSteps(
                        List.of(),
                        LedgerProcess.ROUND.samplingRate(),
                        LedgerProcess.ROUND.noiseMultiplier(),
                        1e-3,
                        LedgerProcess.LIMIT,
                        10_000)
                / LedgerProcess.ROUND.steps();
        assertThat(affordable).isBetween(2L, 2L * ATTEMPTS - 1);
        try (PostgresCluster postgresql = postgresql();
                LedgerDatabase database = registered(postgresql)) {
            List<Child> children = List.of(
                    child(postgresql.url(), PostgresCluster.DRIVER, "random", 1),
                    child(postgresql.url(), PostgresCluster.DRIVER, "random", 1001));
            for (Child c : children) {
                c.expect("READY");
            }
            for (Child c : children) {
                c.go();
            }
            List<String> said = new ArrayList<>();
            for (Child c : children) {
                List<String> lines = c.rest();
                assertThat(lines).contains("Reserved").containsAnyOf("Refused").hasSize(ATTEMPTS);
                said.addAll(lines);
            }
            assertThat(said).containsOnly("Reserved", "Refused");
            List<ChargeRow> rows = wholeRows(database);
            assertThat(rows).hasSize((int) affordable);
            assertThat(said.stream().filter("Reserved"::equals)).hasSize(rows.size());
            assertThat(rows.get(rows.size() - 1).spending().jobEpsilonAfter()).isLessThanOrEqualTo(LedgerProcess.LIMIT);
        }
    }

    @Test
    void reserve_processKilledBeforeCommitOnPostgresql_leavesTheCharge() throws Exception {
        try (PostgresCluster postgresql = postgresql();
                LedgerDatabase database = registered(postgresql)) {
            kill(postgresql.url(), PostgresCluster.DRIVER);
            assertCharged(database);
        }
    }

    @Test
    void reserve_processKilledBeforeCommitOnDerby_leavesTheCharge() throws Exception {
        String driver = "org.apache.derby.iapi.jdbc.AutoloadedDriver";
        registered(new LedgerDatabase(folder)).close();
        LedgerDatabase.shutDown(folder);
        kill(LedgerDatabase.derby(folder), driver);
        try (LedgerDatabase database = new LedgerDatabase(LedgerDatabase.derby(folder), driver)) {
            assertCharged(database);
        }
    }

    private void kill(String url, String driver) throws Exception {
        Child child = child(url, driver, "hang", 1);
        child.expect("READY");
        child.go();
        child.expect("Reserved");
        child.process().destroyForcibly();
        assertThat(child.process().waitFor()).isNotZero();
    }

    private void assertCharged(LedgerDatabase database) throws Exception {
        List<ChargeRow> rows = wholeRows(database);
        assertThat(rows).singleElement().satisfies(r -> assertThat(r.state()).isEqualTo(ChargeState.RESERVED));
        double spent = database.inTransaction(em -> new LedgerBook(em, Clock.systemUTC(), new LedgerGuard())
                .accounts()
                .get(0)
                .filterSpent());
        assertThat(spent).isEqualTo(LedgerProcess.HEART.filter().cost(LedgerProcess.ROUND));
    }
}
