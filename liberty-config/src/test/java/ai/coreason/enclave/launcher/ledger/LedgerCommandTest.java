package ai.coreason.enclave.launcher.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.Enclave;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.ledger.BudgetDecision;
import ai.coreason.enclave.privacy.ledger.ChargeRequest;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.LedgerBook;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.privacy.ledger.LedgerGuard;
import ai.coreason.enclave.privacy.ledger.LedgerHead;
import ai.coreason.enclave.privacy.ledger.LedgerSeal;
import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.privacy.ledger.RowSigner;
import ai.coreason.enclave.privacy.ledger.audit.LedgerExport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands on the files of a stopped node and of an export, as they lie on disk. */
class LedgerCommandTest {
    private static final Dataset HEART = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 85, 1e-3, 5.0, false);

    @TempDir
    private Path folder;

    private final StringWriter printed = new StringWriter();
    private FederationCa ca;
    private LedgerSeal seal;
    private RowSigner signer;
    private LedgerGuard guard;
    private Path database;

    @BeforeEach
    void stoppedNodeWithThreeCharges() throws Exception {
        ca = FederationCa.open(folder.resolve("ca"));
        Files.writeString(folder.resolve("ca.pem"), FederationCa.pem(ca.caCertificate()));
        KeyPair ledgerKeys = keys();
        seal = LedgerSeal.of(ledgerKeys.getPrivate(), ca.issueLedger(ledgerKeys.getPublic(), Duration.ofDays(1)));
        KeyPair nodeKeys = keys();
        signer = RowSigner.of(nodeKeys.getPrivate(), ca.issueNode("node_va", nodeKeys.getPublic(), Duration.ofDays(1)));
        guard = new LedgerGuard();
        guard.trust(LedgerTrust.of(List.of(ca.caCertificate())));
        ServerLayout layout = new ServerLayout("node", folder.resolve("node"));
        Files.createDirectories(layout.configuration());
        Files.createDirectories(layout.state());
        Files.writeString(
                layout.configuration().resolve("bootstrap.properties"),
                "enclave.site.file=" + folder.resolve("site.json") + "\n");
        Files.writeString(folder.resolve("site.json"), "{\"node_id\": \"node_va\", \"ca_file\": \"ca.pem\"}");
        database = layout.state().resolve("db");
        try (Connection c = DriverManager.getConnection("jdbc:derby:" + database + ";create=true")) {
            tables(c);
        }
        try (NodeLedger ledger = new NodeLedger(database)) {
            ledger.inTransaction(em -> {
                LedgerBook book = new LedgerBook(em, Clock.systemUTC(), guard);
                book.register(HEART, "va.csv");
                LedgerHead head = new LedgerHead("node_va", "heart", 0, HEART.genesis(), "nonce", Instant.now());
                book.countersigned(head, head.signed(seal).toString());
                return null;
            });
            for (long round = 1; round <= 3; round++) {
                reserve(ledger, round);
            }
        }
    }

    /** As a server makes them at its first start. */
    private static void tables(Connection c) throws Exception {
        for (String statement : List.of(
                "create sequence ledger_charge_seq as bigint start with 50 increment by 50",
                "create table dataset_account (account_key varchar(200) primary key, registration varchar(2000) not null,"
                        + " data_source varchar(1000), last_sequence bigint not null, head_hash varchar(64) not null,"
                        + " filter_spent double not null, version bigint)",
                "create table ledger_charge (id bigint primary key, account_key varchar(200) not null, row_sequence bigint"
                        + " not null, job_id varchar(64) not null, round_number bigint not null, attempt bigint not null,"
                        + " recovered_from varchar(64) not null, charge_state varchar(16) not null,"
                        + " row_json varchar(4000) not null)",
                "create table countersigned_head (account_key varchar(200) primary key, head_sequence bigint not null,"
                        + " head_hash varchar(64) not null, head_document varchar(8000) not null)",
                "create table ledger_signer (fingerprint varchar(64) primary key, node_id varchar(64) not null,"
                        + " certificate varchar(4000) not null)",
                "create table ledger_carried (carried_id varchar(300) primary key, account_key varchar(200) not null,"
                        + " row_sequence bigint not null, row_json varchar(4000) not null)")) {
            c.createStatement().execute(statement);
        }
    }

    private void reserve(NodeLedger ledger, long round) throws Exception {
        BudgetDecision decision = ledger.inTransaction(em -> new LedgerBook(em, Clock.systemUTC(), guard)
                .reserve(
                        new ChargeRequest(
                                "heart",
                                new AttemptKey("job", round, 1),
                                "a".repeat(64),
                                "node_va",
                                Optional.of(new Phase(16.0 / 85, 3.0, 5)),
                                1.0,
                                16,
                                3.0,
                                1e-3,
                                "b".repeat(64),
                                "c".repeat(64)),
                        signer));
        assertThat(decision).isInstanceOf(BudgetDecision.Reserved.class);
    }

    private List<ChargeRow> rows() throws Exception {
        try (NodeLedger ledger = new NodeLedger(database)) {
            return ledger.inTransaction(em -> new LedgerBook(em, Clock.systemUTC(), guard).rows("heart"));
        }
    }

    private Path exported() throws Exception {
        LedgerExport export = new LedgerExport(Instant.now(), ca.caCertificate());
        export.add(
                "node_va",
                HEART,
                rows(),
                Map.of(LedgerCertificates.fingerprint(signer.certificate()), signer.certificate()));
        return write("ledger.json", export.signed(seal));
    }

    private Path write(String name, JsonNode json) throws Exception {
        return Files.writeString(folder.resolve(name), Json.pretty(json));
    }

    private int enclave(String... arguments) {
        printed.getBuffer().setLength(0);
        CommandLine line = Enclave.commandLine();
        line.setOut(new PrintWriter(printed));
        line.setErr(new PrintWriter(printed));
        return line.execute(arguments);
    }

    private int recover(Path export) {
        return enclave("ledger", "recover", "--state", folder.resolve("node").toString(), "--from", export.toString());
    }

    @Test
    void verify_wholeExport_isValid() throws Exception {
        int code = enclave(
                "ledger",
                "verify",
                exported().toString(),
                "--ca",
                folder.resolve("ca.pem").toString());

        assertThat(code).as(printed.toString()).isZero();
        assertThat(printed.toString()).contains("VALID   node_va/heart of owner_va: 3 charges, epsilon 0.6425");
    }

    @Test
    void verify_jsonOfAChangedExport_isInvalidAndSaysWhere() throws Exception {
        ObjectNode export = (ObjectNode) Json.read(Files.readAllBytes(exported()));
        ((ObjectNode) export.path("rows").get(1)).put("steps", 1);

        int code = enclave("ledger", "verify", write("forged.json", export).toString(), "--json");

        assertThat(code).isEqualTo(1);
        JsonNode verdict = Json.read(printed.toString());
        assertThat(verdict.path("verdict").asText()).isEqualTo("INVALID");
        assertThat(verdict.path("authority_pinned").asBoolean()).isFalse();
        assertThat(verdict.path("datasets").get(0).path("faults").get(0).asText())
                .startsWith("ROW_CHANGED: row 2");
    }

    @Test
    void verify_headAheadOfTheExport_isARollback() throws Exception {
        Path head = write(
                "head.json",
                new LedgerHead("node_va", "heart", 4, "d".repeat(64), "nonce", Instant.now()).signed(seal));

        assertThat(enclave("ledger", "verify", exported().toString(), "--head", head.toString()))
                .isEqualTo(1);
        assertThat(printed.toString()).contains("ROLLED_BACK: row 4 was countersigned");
    }

    @Test
    void verify_filesThatCannotBeJudged_exits2() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "no JSON");
        assertThat(enclave("ledger", "verify", text.toString())).isEqualTo(2);
        assertThat(enclave("ledger", "verify", folder.resolve("absent").toString()))
                .isEqualTo(2);
        assertThat(printed.toString()).contains(folder.resolve("absent") + ": expected a file, got nothing");
        assertThat(enclave(
                        "ledger", "verify", write("other.json", Json.object()).toString()))
                .isEqualTo(2);
        assertThat(printed.toString()).contains("format");
    }

    @Test
    void verify_folderOfResults_namesTheFileThatIsMeant() throws Exception {
        Path meant = Files.move(exported(), folder.resolve("ledger.json"));

        assertThat(enclave("ledger", "verify", folder.toString())).isEqualTo(2);
        assertThat(printed.toString())
                .contains(folder + ": expected a file, got a folder; did you mean " + meant + "?");
    }

    @Test
    void head_stoppedNode_showsWhatVerifyTakes() throws Exception {
        assertThat(enclave("ledger", "head", "--state", folder.resolve("node").toString()))
                .isZero();
        Path heads = Files.writeString(folder.resolve("heads.json"), printed.toString());
        assertThat((ArrayNode) Json.read(printed.toString())).hasSize(1);

        assertThat(enclave("ledger", "verify", exported().toString(), "--head", heads.toString()))
                .as(printed.toString())
                .isZero();
        assertThat(printed.toString()).contains("is row 0; 3 rows follow it");
    }

    @Test
    void recover_deletedRow_bringsItBack() throws Exception {
        Path export = exported();
        List<ChargeRow> before = rows();
        try (Connection c = DriverManager.getConnection("jdbc:derby:" + database)) {
            c.createStatement().execute("delete from ledger_charge where row_sequence = 3");
        }
        assertThat(rows()).hasSize(2);

        assertThat(recover(export)).as(printed.toString()).isZero();

        assertThat(printed.toString()).contains("heart: recovered: 3 charges of the mirror, 0 of this node");
        assertThat(rows()).isEqualTo(before);
        assertThat(recover(export)).isZero();
        assertThat(printed.toString()).contains("heart: whole, 3 charges");
    }

    @Test
    void recover_fromAForgedExport_changesNothing() throws Exception {
        ObjectNode export = (ObjectNode) Json.read(Files.readAllBytes(exported()));
        ((ArrayNode) export.path("rows")).remove(2);

        assertThat(recover(write("forged.json", export))).isEqualTo(1);

        assertThat(printed.toString()).contains("nothing was changed");
        assertThat(rows()).hasSize(3);
    }

    @Test
    void recover_lostRowThatNobodyHas_staysHeld() throws Exception {
        Path export = exported();
        try (NodeLedger ledger = new NodeLedger(database)) {
            reserve(ledger, 4);
        }
        try (Connection c = DriverManager.getConnection("jdbc:derby:" + database)) {
            c.createStatement().execute("delete from ledger_charge where row_sequence = 4");
        }

        assertThat(recover(export)).isEqualTo(1);

        assertThat(printed.toString()).contains("heart: stays held: row 4");
    }

    @Test
    void recover_folderOfNoNode_isRefused() throws Exception {
        assertThat(enclave(
                        "ledger",
                        "recover",
                        "--state",
                        folder.toString(),
                        "--from",
                        exported().toString()))
                .isEqualTo(1);
        assertThat(printed.toString()).contains("--state: expected the folder of a node");
    }

    @Test
    void export_withoutAnOverseer_saysWhatIsMissing() {
        assertThat(enclave("ledger", "export")).isEqualTo(2);
        assertThat(printed.toString()).contains("expected --state, or --api, --cacert and --token-file");
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }
}
