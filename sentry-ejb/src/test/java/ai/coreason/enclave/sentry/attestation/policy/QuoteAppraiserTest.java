package ai.coreason.enclave.sentry.attestation.policy;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.attestation.collateral.FolderCertificates;
import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource.SnpCertificates;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.SnpPki;
import ai.coreason.enclave.sentry.attestation.snp.SnpProduct;
import ai.coreason.enclave.sentry.attestation.snp.SnpTable;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuoteAppraiserTest {
    private static final SnpProduct MILAN = SnpProduct.MILAN;
    private static final byte[] TABLE = SnpTable.of(SnpKey.VCEK, MILAN);
    private static final Consumer<ByteBuffer> AS_MADE = r -> {};

    private static ObjectNode members() {
        return Json.object()
                .put("node_id", "node_a")
                .put("nonce", Base64.getEncoder().encodeToString(new byte[32]))
                .put("tls_spki_sha384", "ab".repeat(48));
    }

    private static ReportData document(ObjectNode members) {
        return ReportData.parse(ReportData.Role.ENROLMENT, members, "report_data");
    }

    private static byte[] report(ReportData bound, Consumer<ByteBuffer> change) {
        return SnpPki.report(SnpKey.VCEK, MILAN, r -> {
            r.put(0x50, bound.digest());
            change.accept(r);
        });
    }

    private static Evidence evidence(ObjectNode members, byte[] table, Optional<Evidence.Gpu> gpu) {
        ReportData document = document(members);
        return new Evidence(HardwareType.AMD_SEV_SNP, report(document, AS_MADE), table, gpu, members);
    }

    private static Evidence evidence() {
        return evidence(members(), TABLE, Optional.empty());
    }

    private static String measurement() {
        return HexFormat.of().formatHex(evidence().quote(), 0x90, 0x90 + 48);
    }

    private static TrustPolicy policy(String measurement) {
        String text = "{'snp': {'measurements': ['" + measurement + "'], 'products': ['Milan'], 'keys': ['VCEK'],"
                + " 'vmpls': [0], 'allowed': ['SMT'], 'minimum_tcb': {'Milan': {'bl': 4, 'tee': 1, 'snp': 24, 'ucode': 219}},"
                + " 'revocation': {'demand': 'WAIVED', 'waived_by': 'olga'}}}";
        return TrustPolicy.parse(Json.read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    private static Verdict judge(Evidence evidence, ReportData.Role role, CertificateSource source) {
        return new QuoteAppraiser(SnpPki.anchors(), source)
                .judge(
                        evidence,
                        new QuoteAppraiser.Occasion(ReportData.parse(role, members(), ""), SnpPki.NOW),
                        policy(measurement()));
    }

    private static Verdict judge(Evidence evidence) {
        return judge(evidence, ReportData.Role.ENROLMENT, CertificateSource.none());
    }

    private static List<String> rules(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        return ((Verdict.Refused) verdict).reasons().stream().map(Reason::rule).toList();
    }

    /** A source that hands out what evidence would have brought, and counts how often it is asked. */
    private static CertificateSource counting(List<byte[]> asked) {
        return new CertificateSource() {
            @Override
            public SnpCertificates snp(byte[] report) {
                asked.add(report);
                return new SnpCertificates(
                        Optional.of(SnpPki.vek(SnpKey.VCEK, MILAN).der()),
                        Optional.of(SnpPki.chain(SnpKey.VCEK, MILAN)),
                        Optional.empty());
            }

            @Override
            public Collateral intel(byte[] quote) {
                return Collateral.none();
            }
        };
    }

    @Test
    void judge_allAsItShouldBe_isTrustedWithTheMeasurement() {
        assertThat(judge(evidence())).isEqualTo(new Verdict.Trusted(measurement()));
    }

    @Test
    void judge_folderWithAListThatIsNotUsed_isRefused(@TempDir Path folder) throws Exception {
        FolderCertificates source = new FolderCertificates(folder);
        assertThat(judge(evidence(), ReportData.Role.ENROLMENT, source)).isInstanceOf(Verdict.Trusted.class);
        Files.writeString(folder.resolve("milan-crl.txt"), "<html>503</html>");
        Verdict verdict = judge(evidence(), ReportData.Role.ENROLMENT, source);
        assertThat(((Verdict.Refused) verdict).reasons())
                .singleElement()
                .hasToString("certificates: expected revocation lists that can be used, got 1 that cannot");
    }

    @Test
    void judge_anotherMeasurement_isRefusedForItAndTellsIt() {
        ReportData document = document(members());
        byte[] quote = report(document, r -> r.put(0x90, (byte) 0xee));

        Verdict verdict = judge(new Evidence(HardwareType.AMD_SEV_SNP, quote, TABLE, Optional.empty(), members()));

        assertThat(rules(verdict)).containsExactly("measurement");
        assertThat(verdict.measurement()).startsWith("ee");
    }

    @Test
    void judge_otherMembersInDocumentAndQuote_tellsEach() {
        ObjectNode other = members().put("node_id", "node_b").put("tls_spki_sha384", "cd".repeat(48));

        assertThat(rules(judge(evidence(other, TABLE, Optional.empty()))))
                .containsExactly("report_data.node_id", "report_data.tls_spki_sha384");
    }

    @Test
    void judge_missingMember_isRefused() {
        ObjectNode less = members();
        less.remove("nonce");

        assertThat(rules(judge(evidence(less, TABLE, Optional.empty())))).containsExactly("report_data.nonce");
    }

    @Test
    void judge_documentThatIsNotTheQuotes_isRefused() {
        byte[] quote = report(document(members().put("epoch", 1)), AS_MADE);

        assertThat(rules(judge(new Evidence(HardwareType.AMD_SEV_SNP, quote, TABLE, Optional.empty(), members()))))
                .containsExactly("report_data");
    }

    @Test
    void judge_quoteForAnotherOccasion_isRefused() {
        assertThat(rules(judge(evidence(), ReportData.Role.UPDATE, CertificateSource.none())))
                .containsExactly("report_data");
    }

    /** Wrong in everything, but told for the signature alone: what it says proves nothing. */
    @Test
    void judge_quoteThatIsNotGenuine_endsThere() {
        byte[] quote = report(document(members().put("node_id", "node_b")), r -> r.put(0x90, (byte) 0xee));
        quote[0x2a0] ^= 1;

        assertThat(rules(judge(new Evidence(HardwareType.AMD_SEV_SNP, quote, TABLE, Optional.empty(), members()))))
                .containsExactly("report.signature");
    }

    @Test
    void judge_kindWithoutPart_isRefused() {
        Evidence tdx = new Evidence(HardwareType.INTEL_TDX, evidence().quote(), members());

        assertThat(rules(judge(tdx))).containsExactly("hardware_type");
    }

    @Test
    void judge_unknownMember_isRefusedUnjudged() {
        assertThat(rules(judge(new Evidence(
                        HardwareType.AMD_SEV_SNP, evidence().quote(), members().put("colour", "red")))))
                .containsExactly("report_data_json");
    }

    @Test
    void judge_tableThatIsNone_isRefused() {
        assertThat(rules(judge(evidence(members(), new byte[] {1, 2, 3}, Optional.empty()))))
                .hasSize(1);
    }

    @Test
    void judge_noCertificates_areOfTheSource() {
        Evidence bare = evidence(members(), new byte[0], Optional.empty());
        List<byte[]> asked = new ArrayList<>();

        assertThat(rules(judge(bare))).containsExactly("vek");
        assertThat(judge(bare, ReportData.Role.ENROLMENT, counting(asked))).isInstanceOf(Verdict.Trusted.class);
        assertThat(asked).containsExactly(bare.quote());
    }

    @Test
    void judge_digestOfAGpuThatDidNotCome_isRefused() {
        ObjectNode bound = members().put("gpu_evidence_sha256", "cd".repeat(32));

        assertThat(rules(judge(evidence(bound, TABLE, Optional.empty()))))
                .containsExactly("report_data.gpu_evidence_sha256");
    }
}
