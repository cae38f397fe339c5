package ai.coreason.enclave.sentry.attestation.policy;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.attestation.collateral.FolderCertificates;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaSample;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaSample.Part;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.SnpPki;
import ai.coreason.enclave.sentry.attestation.snp.SnpProduct;
import ai.coreason.enclave.sentry.attestation.snp.SnpTable;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A GPU's evidence beside a quote that all rules hold for: what is refused is refused for the GPU. */
class GpuAppraiserTest {
    private static final SnpProduct MILAN = SnpProduct.MILAN;
    private static final byte[] TABLE = SnpTable.of(SnpKey.VCEK, MILAN);
    private static final String WAIVED = "'revocation': {'waived_by': 'olga'}, ";
    private static final String LENIENT = WAIVED + "'rims_required': false";

    private final NvidiaSample device = new NvidiaSample();

    @TempDir
    private Path folder;

    private static ObjectNode members() {
        return Json.object()
                .put("node_id", "node_a")
                .put("nonce", Base64.getEncoder().encodeToString(new byte[32]))
                .put("tls_spki_sha384", "ab".repeat(48));
    }

    private static String nonce(ObjectNode members) {
        return ReportData.parse(ReportData.Role.ENROLMENT, members, "report_data")
                .gpuNonce()
                .orElseThrow();
    }

    private static byte[] quote(ObjectNode members) {
        return quote(ReportData.Role.ENROLMENT, members);
    }

    private static byte[] quote(ReportData.Role role, ObjectNode members) {
        byte[] digest = ReportData.parse(role, members, "report_data").digest();
        return SnpPki.report(SnpKey.VCEK, MILAN, r -> r.put(0x50, digest));
    }

    private static Evidence bound(ObjectNode members, Evidence.Gpu gpu) {
        return with(members.put("gpu_evidence_sha256", gpu.sha256()), gpu);
    }

    private static Evidence with(ObjectNode members, Evidence.Gpu gpu) {
        return new Evidence(HardwareType.AMD_SEV_SNP, quote(members), TABLE, Optional.of(gpu), members);
    }

    private Evidence.Gpu gpu() throws Exception {
        return new Evidence.Gpu(device.report(nonce(members())), device.chain());
    }

    private static TrustPolicy policy(String nvidia) {
        String measurement = HexFormat.of().formatHex(quote(members()), 0x90, 0x90 + 48);
        String text = "{'snp': {'measurements': ['" + measurement + "'], 'products': ['Milan'], 'keys': ['VCEK'],"
                + " 'vmpls': [0], 'allowed': ['SMT'], 'minimum_tcb': {'Milan': {'bl': 4, 'tee': 1, 'snp': 24, 'ucode': 219}},"
                + " 'revocation': {'demand': 'WAIVED', 'waived_by': 'olga'}}, 'nvidia': {'architectures': ['HOPPER'],"
                + " 'minimum_driver': '550.90.07', 'minimum_vbios': '96.00.9F.00.01', " + nvidia + "}}";
        return TrustPolicy.parse(Json.read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    private Verdict judge(Evidence evidence, TrustPolicy policy) {
        return judge(evidence, policy, device.anchors());
    }

    private Verdict judge(Evidence evidence, TrustPolicy policy, Anchors gpus) {
        return judge(ReportData.Role.ENROLMENT, evidence, policy, gpus);
    }

    private Verdict judge(ReportData.Role role, Evidence evidence, TrustPolicy policy, Anchors gpus) {
        List<X509Certificate> roots = new ArrayList<>(SnpPki.anchors().roots());
        roots.addAll(gpus.roots());
        return new QuoteAppraiser(new Anchors(roots), new FolderCertificates(folder))
                .judge(
                        evidence,
                        new QuoteAppraiser.Occasion(ReportData.parse(role, members(), ""), SnpPki.NOW),
                        policy);
    }

    private static Reason only(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        List<Reason> reasons = ((Verdict.Refused) verdict).reasons();
        assertThat(reasons).hasSize(1);
        return reasons.get(0);
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.createDirectories(folder.resolve("nvidia"));
        Files.write(folder.resolve("nvidia").resolve(name), bytes);
    }

    @Test
    void judge_allAsItShouldBe_isTrustedWithTheCpusMeasurement() throws Exception {
        write("driver.xml", device.manifest(Part.DRIVER, 7));
        write("bios.swidtag", device.manifest(Part.VBIOS, 8));
        write("root.crl", device.list(0, SnpPki.NOW).getEncoded());
        write("below.crl", device.list(1, SnpPki.NOW).getEncoded());
        write("manifest-root.crl", device.manifestList(0, SnpPki.NOW).getEncoded());
        write("manifest-below.crl", device.manifestList(1, SnpPki.NOW).getEncoded());
        Evidence evidence = bound(members(), gpu());

        Verdict verdict = judge(evidence, policy("'revocation': 'required'"));

        assertThat(verdict).isEqualTo(new Verdict.Trusted(HexFormat.of().formatHex(evidence.quote(), 0x90, 0xc0)));
    }

    @Test
    void judge_policyThatDemandsLess_isTrustedWithoutManifestsAndLists() throws Exception {
        assertThat(judge(bound(members(), gpu()), policy(LENIENT))).isInstanceOf(Verdict.Trusted.class);
    }

    @Test
    void judge_policyWithoutAPartForGpus_isRefused() throws Exception {
        TrustPolicy policy = policy(LENIENT);
        TrustPolicy cpusOnly = new TrustPolicy(policy.snp(), policy.tdx(), policy.sgx(), Optional.empty());

        assertThat(only(judge(bound(members(), gpu()), cpusOnly)))
                .hasToString("gpu: expected one that the policy has a part for, got an NVIDIA device's");
    }

    @Test
    void judge_reportForAnotherNonce_isRefused() throws Exception {
        String other = nonce(members().put("nonce", Base64.getEncoder().encodeToString(new byte[] {
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
            30, 31, 32
        })));
        Evidence.Gpu replayed = new Evidence.Gpu(device.report(other), device.chain());

        assertThat(only(judge(bound(members(), replayed), policy(LENIENT))))
                .isEqualTo(new Reason("gpu.nonce", nonce(members()), other));
    }

    @Test
    void judge_reportForAnotherTlsKey_isRefused() throws Exception {
        String other = nonce(members().put("tls_spki_sha384", "cd".repeat(48)));
        Evidence.Gpu stolen = new Evidence.Gpu(device.report(other), device.chain());

        assertThat(only(judge(bound(members(), stolen), policy(LENIENT))).rule())
                .isEqualTo("gpu.nonce");
    }

    /** A nonce in the policy is one for looking at evidence by hand; here the occasion's counts. */
    @Test
    void judge_policyWithANonceOfItsOwn_isJudgedByTheOccasions() throws Exception {
        TrustPolicy policy = policy(LENIENT + ", 'nonce': '" + "cd".repeat(32) + "'");

        assertThat(judge(bound(members(), gpu()), policy)).isInstanceOf(Verdict.Trusted.class);
        Evidence.Gpu other = new Evidence.Gpu(device.report("cd".repeat(32)), device.chain());
        assertThat(only(judge(bound(members(), other), policy)).rule()).isEqualTo("gpu.nonce");
    }

    @Test
    void judge_documentWithoutTheTlsKey_refusesTheGpuToo() throws Exception {
        Evidence.Gpu gpu = gpu();
        ObjectNode less = members();
        less.remove("tls_spki_sha384");

        Verdict verdict = judge(bound(less, gpu), policy(LENIENT));

        assertThat(((Verdict.Refused) verdict).reasons())
                .extracting(Reason::rule)
                .containsExactly("gpu.nonce", "report_data.tls_spki_sha384");
    }

    @Test
    void judge_rootThatIsNotTrusted_isRefused() throws Exception {
        assertThat(only(judge(bound(members(), gpu()), policy(LENIENT), new NvidiaSample().anchors()))
                        .rule())
                .isEqualTo("gpu.device_chain.root");
    }

    @Test
    void judge_tamperedReport_isRefused() throws Exception {
        Evidence.Gpu gpu = gpu();
        Evidence.Gpu tampered = new Evidence.Gpu(NvidiaSample.tampered(gpu.report()), gpu.certificates());

        assertThat(only(judge(bound(members(), tampered), policy(LENIENT))).rule())
                .isEqualTo("gpu.report.signature");
    }

    @Test
    void judge_truncatedReport_isRefusedForItsForm() throws Exception {
        Evidence.Gpu gpu = gpu();
        Evidence.Gpu cut = new Evidence.Gpu(Arrays.copyOf(gpu.report(), 40), gpu.certificates());

        assertThat(only(judge(bound(members(), cut), policy(LENIENT))).rule()).startsWith("gpu.evidence at offset ");
    }

    /** Not genuine, and its nonce is another's: only what ends the judgement is told. */
    @Test
    void judge_reportThatIsNotGenuine_isNotHeldAgainstThePolicy() throws Exception {
        Evidence.Gpu other = new Evidence.Gpu(NvidiaSample.tampered(device.report("cd".repeat(32))), device.chain());

        assertThat(only(judge(bound(members(), other), policy("'revocation': 'required'")))
                        .rule())
                .isEqualTo("gpu.report.signature");
    }

    @Test
    void judge_documentThatIsNotBoundToTheGpu_isRefused() throws Exception {
        assertThat(only(judge(with(members(), gpu()), policy(LENIENT))).rule())
                .isEqualTo("report_data.gpu_evidence_sha256");
    }

    @Test
    void judge_documentThatIsBoundToAnotherGpu_isRefused() throws Exception {
        ObjectNode bound = members().put("gpu_evidence_sha256", gpu().sha256());

        assertThat(only(judge(with(bound, gpu()), policy(LENIENT))).rule())
                .isEqualTo("report_data.gpu_evidence_sha256");
    }

    @Test
    void judge_requiredManifestMissing_isRefused() throws Exception {
        write("bios.xml", device.manifest(Part.VBIOS, 8));
        write("older.xml", device.manifest("GH100", "550.54.15", 7));

        assertThat(only(judge(bound(members(), gpu()), policy(WAIVED + "'rims_required': true"))))
                .isEqualTo(new Reason("gpu.rim.driver", "a manifest of the report's driver", "none"));
    }

    @Test
    void judge_measurementUnlikeTheManifest_isRefused() throws Exception {
        write("driver.xml", device.manifest(Part.DRIVER, 6, 7, 9));
        write("bios.xml", device.manifest(Part.VBIOS, 8));
        device.measureAnother(7);

        assertThat(only(judge(bound(members(), gpu()), policy(WAIVED + "'rims_required': true")))
                        .rule())
                .isEqualTo("gpu.measurement[7]");
    }

    @Test
    void judge_manifestThatItsMakerDidNotSign_isRefused() throws Exception {
        byte[] signed = device.manifest(Part.DRIVER, 7);
        String text = new String(signed, StandardCharsets.UTF_8).replace("edition=\"GPU\"", "edition=\"CPU\"");
        write("driver.xml", text.getBytes(StandardCharsets.UTF_8));

        assertThat(only(judge(bound(members(), gpu()), policy(LENIENT))).rule())
                .isEqualTo("gpu.rim[driver.xml].signature");
    }

    @Test
    void judge_requiredListMissing_isRefused() throws Exception {
        write("root.crl", device.list(0, SnpPki.NOW).getEncoded());

        assertThat(only(judge(bound(members(), gpu()), policy("'revocation': 'required', 'rims_required': false")))
                        .rule())
                .isEqualTo("gpu.device_chain.revocation");
    }

    @Test
    void judge_listThatNamesTheDevice_isRefusedThoughRevocationIsWaived() throws Exception {
        write("below.crl", device.revoking(SnpPki.NOW).getEncoded());

        assertThat(only(judge(bound(members(), gpu()), policy(LENIENT))).came()).startsWith("revoked: ");
    }

    @Test
    void judge_olderDriverThanThePolicyDemands_isRefused() throws Exception {
        TrustPolicy newer = policy(LENIENT);
        NvidiaPolicy p = newer.nvidia().orElseThrow();
        NvidiaPolicy driver = new NvidiaPolicy(
                p.device(),
                p.architectures(),
                "550.144",
                p.minimumVbios(),
                p.rims(),
                p.nonce(),
                p.trailingByte(),
                p.debug(),
                p.revocation(),
                p.waivedBy());

        assertThat(only(judge(
                                bound(members(), gpu()),
                                new TrustPolicy(newer.snp(), newer.tdx(), newer.sgx(), Optional.of(driver))))
                        .rule())
                .isEqualTo("gpu.minimum_driver");
    }

    /** The CPU's quote vouches for the GPU's evidence; without it there is nothing to judge. */
    @Test
    void judge_quoteThatIsNotGenuine_endsBeforeTheGpu() throws Exception {
        Evidence good = bound(members(), new Evidence.Gpu(new byte[] {1}, new byte[] {2}));
        byte[] quote = good.quote();
        quote[0x2a0] ^= 1;
        Evidence bad = new Evidence(good.hardwareType(), quote, TABLE, good.gpu(), good.reportData());

        assertThat(only(judge(bad, policy(LENIENT))).rule()).isEqualTo("report.signature");
    }

    private static Evidence cpuOnly() {
        return new Evidence(HardwareType.AMD_SEV_SNP, quote(members()), TABLE, Optional.empty(), members());
    }

    @Test
    void judge_noGpuThoughThePolicyRequiresOne_isRefused() {
        Reason reason = only(judge(cpuOnly(), policy(LENIENT)));

        assertThat(reason.rule()).isEqualTo("gpu");
        assertThat(reason.came()).isEqualTo("none");
    }

    /** A site may hold its Overseer to the federation's policy for nodes; an Overseer trains nothing. */
    @Test
    void judge_overseerWithoutGpu_isTrusted() {
        ReportData.Role overseer = ReportData.Role.OVERSEER;
        Evidence evidence =
                new Evidence(HardwareType.AMD_SEV_SNP, quote(overseer, members()), TABLE, Optional.empty(), members());

        assertThat(judge(overseer, evidence, policy(LENIENT), device.anchors())).isInstanceOf(Verdict.Trusted.class);
    }

    @Test
    void judge_noGpuWhereItIsOptional_isTrusted() {
        assertThat(judge(cpuOnly(), policy(LENIENT + ", 'device': 'optional'"))).isInstanceOf(Verdict.Trusted.class);
    }

    /** To bring none is not a way around the rules for one, and to bring a bad one is not better than none. */
    @Test
    void judge_badGpuWhereItIsOptional_isRefused() throws Exception {
        Evidence.Gpu other = new Evidence.Gpu(device.report("00".repeat(32)), device.chain());

        assertThat(only(judge(bound(members(), other), policy(LENIENT + ", 'device': 'optional'")))
                        .rule())
                .isEqualTo("gpu.nonce");
    }
}
