package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.RoundTask;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A federation in production mode: node servers on stand-ins for hardware, two of SEV-SNP and one of TDX, and a fourth that is right at first
 * and wrong in one thing at a time. Each wrong thing is told as that one reason, and the three complete the job.
 */
@ExtendWith(TestOverseer.Attested.class)
class EvidenceFaultsIT {
    private static final Map<String, FakeMachine> MACHINES = new TreeMap<>(Map.of(
            "attested_ann", FakeChip.honest(),
            "attested_bob", FakeChip.honest(),
            "attested_cat", FakeTd.honest()));
    private static final List<String> NODES = List.copyOf(MACHINES.keySet());
    private static final String OPERATOR = "test-operator";
    private static final String OTHER = "0".repeat(64);

    private static final List<AttestedNode> SERVERS = new ArrayList<>();
    private static AttestedNode wary;
    private static TestNode mallory;

    private String job;

    @BeforeAll
    static void start() throws Exception {
        ObjectNode policy = FakeChip.policy(OPERATOR).set("tdx", FakeTd.policy());
        TestOverseer.call("operator", "PUT", "/trust-policy", Json.write(policy), "application/json")
                .ok();
        for (String node : NODES) {
            SERVERS.add(new AttestedNode(node, MACHINES.get(node), FakeChip.policy("site")).detached());
        }
        ObjectNode other = FakeChip.policy("site");
        ((ArrayNode) other.at("/snp/measurements")).removeAll().add("ab".repeat(48));
        wary = new AttestedNode("attested_wary", FakeChip.honest(), other).attached();
        for (AttestedNode server : SERVERS) {
            server.awaitEnrolled();
        }
        mallory = TestNode.enrolled("attested_mallory", FakeChip.honest());
    }

    @AfterAll
    static void stop() throws Exception {
        for (AttestedNode server : SERVERS) {
            server.close();
        }
        wary.close();
    }

    /** Right again, whatever a test has made wrong. */
    @AfterEach
    void repent() throws Exception {
        mallory.vouchedBy(FakeChip.honest()::prove);
        mallory.misquoting(members -> {});
        mallory.enrol();
        assertThat(report().get("status").asText()).isEqualTo("TRUSTED");
    }

    private RoundTask openJob() throws Exception {
        List<String> clients = new ArrayList<>(NODES);
        clients.add(mallory.id());
        job = TestOverseer.post("foundry", "/jobs", TestJobs.job(clients, NODES.size(), 1))
                .ok()
                .json()
                .get("job_id")
                .asText();
        RoundTask task = mallory.task();
        assertThat(task.key().jobId()).isEqualTo(job);
        return task;
    }

    private void completes(List<String> participants) throws Exception {
        JsonNode ended = TestOverseer.await(
                "the end of job " + job,
                () -> TestOverseer.get("foundry", "/jobs/" + job).ok().json(),
                j -> !List.of("ADMITTED", "RUNNING").contains(j.get("status").asText()));
        assertThat(ended.get("status").asText()).as(ended.toString()).isEqualTo("COMPLETED");
        assertThat(TestOverseer.get("foundry", "/jobs/" + job + "/rounds")
                        .ok()
                        .json()
                        .get(0)
                        .get("participants"))
                .extracting(JsonNode::asText)
                .containsExactlyElementsOf(participants);
    }

    private static JsonNode report() throws Exception {
        return TestOverseer.get("operator", "/nodes/" + mallory.id() + "/attestation")
                .ok()
                .json();
    }

    private static void assertQuarantinedFor(String rule) throws Exception {
        JsonNode report = report();
        assertThat(report.get("status").asText()).isEqualTo("UNTRUSTED");
        assertThat(report.get("reasons"))
                .singleElement()
                .extracting(JsonNode::asText)
                .asString()
                .startsWith(rule + ": ");
        mallory.get("/tasks/next?wait_seconds=1").problem(401, "unauthenticated");
        assertThat(mallory.get("/attestation").ok().json()).isEqualTo(report);
    }

    @Test
    void update_allAsItShouldBe_isAdmittedAndTheReportsSayWhy() throws Exception {
        RoundTask task = openJob();

        mallory.upload(task, mallory.honest(task)).ok();

        assertThat(mallory.judged(task).get("state").asText()).isEqualTo("ADMITTED");
        List<String> all = new ArrayList<>(NODES);
        all.add(mallory.id());
        completes(all);
        for (String node : NODES) {
            JsonNode report = TestOverseer.get("auditor", "/nodes/" + node + "/attestation")
                    .ok()
                    .json();
            assertThat(report.get("status").asText()).isEqualTo("TRUSTED");
            HardwareType type = MACHINES.get(node).type();
            JsonNode measurement = type == HardwareType.INTEL_TDX
                    ? FakeTd.policy().at("/mrtd/0")
                    : FakeChip.policy(OPERATOR).at("/snp/measurements/0");
            assertThat(report.get("hardware_type").asText()).isEqualTo(type.name());
            assertThat(report.get("insecure").asBoolean()).isFalse();
            assertThat(report.get("measurement").asText()).isEqualTo(measurement.asText());
        }
    }

    /** The three have seen the Overseer's evidence before they enrolled; this one finds another measurement than it wants. */
    @Test
    void overseerEvidence_notWhatTheSiteDemands_isToldNoTokenAndNothingElse() throws Exception {
        String log = TestOverseer.await("the refusal", wary::messages, m -> m.contains("overseer_evidence"));

        assertThat(log)
                .contains(
                        "the Overseer's evidence does not meet overseer_evidence of the site file: measurement: expected");
        assertThat(wary.tokens().lines()).hasSize(1);
        assertThat(TestOverseer.get("operator", "/nodes/attested_wary/attestation")
                        .status())
                .isEqualTo(404);
        for (AttestedNode server : SERVERS) {
            assertThat(server.messages()).contains("overseer.trusted hardware=AMD_SEV_SNP");
        }
    }

    @Test
    void auditLog_ofThisOverseer_tellsItsRootsAndItsPolicy() throws Exception {
        assertThat(TestOverseer.events()).contains("trust-anchors.replaced", "trust-policy.changed");
    }

    /** What a chip says wrongly, by the rule that finds it. */
    static Stream<Arguments> lyingChips() {
        long policy = 0x30000;
        return Stream.of(
                arguments("measurement", FakeChip.lying(r -> r.put(0x90, (byte) 0xff))),
                arguments("policy.debug", FakeChip.lying(r -> r.putLong(0x08, policy | 1 << 19))),
                arguments("policy.migration_agent", FakeChip.lying(r -> r.putLong(0x08, policy | 1 << 18))),
                arguments("vmpl", FakeChip.lying(r -> r.putInt(0x30, 1))),
                arguments("reported_tcb", FakeChip.outdated()),
                arguments("report.chip_id", FakeChip.lying(r -> r.put(0x1a0, (byte) 1))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lyingChips")
    void update_lyingChip_isRejectedForThatAloneAndTheOthersComplete(String rule, FakeChip chip) throws Exception {
        rejected(rule, node -> node.vouchedBy(chip::prove));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lyingChips")
    void enrolment_lyingChip_isRefusedForThatAlone(String rule, FakeChip chip) throws Exception {
        refused(rule, chip);
    }

    /** What a domain says wrongly, by the rule that finds it; offsets in a quote's body for TDX 1.5 (Intel DCAP, A.3.2). */
    static Stream<Arguments> lyingDomains() {
        return Stream.of(
                arguments("mrtd", new FakeTd(q -> q.body(136, "00"))),
                arguments("rtmr2", new FakeTd(q -> q.body(424, "01"))),
                arguments("attributes.debug", new FakeTd(q -> q.body(120, "01"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lyingDomains")
    void update_lyingDomain_isRejectedForThatAloneAndTheOthersComplete(String rule, FakeTd domain) throws Exception {
        mallory.vouchedBy(FakeTd.honest()::prove);
        mallory.enrol();

        rejected(rule, node -> node.vouchedBy(domain::prove));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lyingDomains")
    void enrolment_lyingDomain_isRefusedForThatAlone(String rule, FakeTd domain) throws Exception {
        refused(rule, domain);
    }

    /** What a quote is wrongly bound to. */
    static Stream<Arguments> misquotes() {
        return Stream.of(
                arguments("report_data.tls_spki_sha384", misquote("tls_spki_sha384", "0".repeat(96))),
                arguments("report_data.node_id", misquote("node_id", "attested_ann")),
                arguments("report_data.update_digest", misquote("update_digest", OTHER)),
                arguments(
                        "report_data.nonce",
                        misquote("nonce", Base64.getEncoder().encodeToString(new byte[32]))),
                arguments("report_data.epoch", (Consumer<ObjectNode>)
                        m -> m.put("epoch", m.get("epoch").asLong() - 1)),
                arguments("report_data.ledger_head", (Consumer<ObjectNode>)
                        m -> m.withObject("/ledger_head").put("hash", OTHER)));
    }

    private static Consumer<ObjectNode> misquote(String member, String value) {
        return members -> members.put(member, value);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misquotes")
    void update_quoteOverSomethingElse_isRejectedForThatAloneAndTheOthersComplete(
            String rule, Consumer<ObjectNode> misquote) throws Exception {
        rejected(rule, node -> node.misquoting(misquote));
    }

    @Test
    void update_documentOtherThanQuoted_isRejectedForThatAlone() throws Exception {
        FakeChip chip = FakeChip.honest();
        rejected(
                "report_data",
                node -> node.vouchedBy(reportData -> {
                    Evidence evidence = chip.prove(reportData);
                    return new Evidence(
                            HardwareType.AMD_SEV_SNP,
                            chip.quote(new byte[64]),
                            evidence.certificates(),
                            evidence.gpu(),
                            evidence.reportData());
                }));
    }

    @Test
    void update_quoteThatWasAccepted_isRejectedForThatAlone() throws Exception {
        Evidence[] kept = new Evidence[1];
        FakeChip chip = FakeChip.honest();
        mallory.vouchedBy(reportData -> kept[0] = chip.prove(reportData));
        mallory.enrol();

        rejected("quote", node -> node.vouchedBy(reportData -> kept[0]));
    }

    @Test
    void update_forkedLedger_isRejectedForThatAlone() throws Exception {
        TestNode other = mallory;
        mallory = TestNode.enrolled("attested_forker", FakeChip.honest());
        RoundTask before = openJob();
        mallory.upload(before, mallory.honest(before)).ok();
        assertThat(mallory.judged(before).get("state").asText()).isEqualTo("ADMITTED");

        rejected("ledger_row", node -> node.ledger().forget());
        mallory = other;
    }

    @Test
    void enrolment_insecureWhileARoundIsOpen_takesTheNodeOutAndTheOthersComplete() throws Exception {
        openJob();

        String detail = mallory.tryToEnrol(mallory.token(), TestNode.newKeys("secp256r1"), r -> r.put("insecure", true))
                .problem(403, "evidence-refused")
                .get("detail")
                .asText();

        assertThat(detail).startsWith("insecure: expected ").doesNotContain("; ");
        completes(NODES);
        assertThat(TestOverseer.events()).contains("node.refused", "node.left");
        assertQuarantinedFor("insecure");
    }

    @Test
    void enrolment_kindOfHardwareWithoutPolicy_isRefused() throws Exception {
        FakeChip chip = FakeChip.honest();
        mallory.vouchedBy(
                reportData -> new Evidence(HardwareType.INTEL_SGX, chip.quote(reportData.digest()), reportData.json()));

        mallory.tryToEnrol(mallory.token(), TestNode.newKeys("secp256r1"), r -> {})
                .problem(403, "evidence-refused");

        assertQuarantinedFor("hardware_type");
    }

    @Test
    void enrolment_simulatedEvidence_isRefused() throws Exception {
        FakeChip chip = FakeChip.honest();
        mallory.vouchedBy(
                reportData -> new Evidence(HardwareType.SIMULATED, chip.quote(reportData.digest()), reportData.json()));

        mallory.tryToEnrol(mallory.token(), TestNode.newKeys("secp256r1"), r -> {})
                .problem(403, "evidence-refused");

        assertQuarantinedFor("hardware_type");
    }

    private void refused(String rule, FakeMachine machine) throws Exception {
        mallory.vouchedBy(machine::prove);

        String detail = mallory.tryToEnrol(mallory.token(), TestNode.newKeys("secp256r1"), r -> {})
                .problem(403, "evidence-refused")
                .get("detail")
                .asText();

        assertThat(detail).startsWith(rule + ": expected ").doesNotContain("; ");
        assertQuarantinedFor(rule);
    }

    private void rejected(String rule, Consumer<TestNode> fault) throws Exception {
        RoundTask task = openJob();
        fault.accept(mallory);

        mallory.upload(task, mallory.honest(task)).ok();

        assertThat(mallory.judged(task).get("state").asText()).isEqualTo("REJECTED");
        completes(NODES);
        assertQuarantinedFor(rule);
    }
}
