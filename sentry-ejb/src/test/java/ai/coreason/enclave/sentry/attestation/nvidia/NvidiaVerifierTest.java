package ai.coreason.enclave.sentry.attestation.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy.Device;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy.Revocation;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy.Rims;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NvidiaVerifierTest {
    private static final NvidiaPolicy STRICT = NvidiaPolicy.strict();

    private final FakeMaker maker = new FakeMaker();

    private Appraisal verify(NvidiaPolicy policy, Map<String, byte[]> rims) throws Exception {
        return new NvidiaVerifier(maker.anchors(), FakeMaker.AT, Optional.ofNullable(policy))
                .verify(maker.evidence(rims));
    }

    private Appraisal verify(byte[] report) {
        byte[] chain = FakeMaker.pem(FakeMaker.signed(maker.device));
        return new NvidiaVerifier(maker.anchors(), FakeMaker.AT, Optional.of(STRICT))
                .verify(new NvidiaEvidence(report, chain, Map.of(), List.of()));
    }

    private static List<String> rules(Appraisal appraisal) {
        return appraisal.reasons().stream().map(Reason::rule).toList();
    }

    private static NvidiaPolicy policy(Set<Architecture> families, String driver, String vbios, Rims rims) {
        return new NvidiaPolicy(
                Device.REQUIRED,
                families,
                driver,
                vbios,
                rims,
                Optional.empty(),
                false,
                false,
                Revocation.AS_FOUND,
                Optional.empty());
    }

    @Test
    void verify_wholeEvidence_isValidAndClaimsVersionsAndNonce() throws Exception {
        Appraisal came = verify(STRICT, Map.of("d.xml", new FakeRim(7, 9).signed(maker)));
        assertThat(came.reasons()).isEmpty();
        assertThat(came.claims().reportData()).isEqualTo("ab".repeat(32));
        assertThat(came.claims().product()).isEqualTo("GH100");
        assertThat(came.claims().tcb().get("driver").textValue()).isEqualTo("550.90.07");
        assertThat(came.claims().tcb().get("vbios").textValue()).isEqualTo("96.00.9F.00.01");
        assertThat(came.claims().measurement()).hasSize(96);
    }

    @Test
    void verify_builtInAnchors_refusesTheFakeRoot() throws Exception {
        NvidiaVerifier verifier = new NvidiaVerifier(Anchors.builtIn(), FakeMaker.AT, Optional.empty());
        assertThat(rules(verifier.verify(maker.evidence(Map.of())))).containsExactly("device_chain.root");
    }

    @Test
    void verify_otherKeysSignature_isRefused() throws Exception {
        byte[] report = maker.report();
        maker.device.get(0).key = FakeCertificate.key("secp384r1");
        assertThat(rules(verify(report))).containsExactly("report.signature");
    }

    @Test
    void verify_signatureOfZeros_isRefused() throws Exception {
        byte[] report = maker.report();
        Arrays.fill(report, report.length - 96, report.length, (byte) 0);
        assertThat(rules(verify(report))).containsExactly("report.signature");
    }

    @Test
    void verify_everyByteFlipped_isNeverValid() throws Exception {
        byte[] report = maker.report();
        for (int i = 0; i < report.length; i += 41) {
            byte[] changed = report.clone();
            changed[i] ^= 1;
            assertThat(verify(changed).result()).as("byte %d", i).isEqualTo(Result.INVALID);
        }
    }

    @Test
    void verify_fwidOfOtherFirmware_isRefused() throws Exception {
        maker.opaque.put(FakeMaker.FWID, new byte[48]);
        assertThat(rules(verify(null, Map.of()))).containsExactly("fwid");
    }

    @Test
    void verify_fwidInTheReportAlone_isRefused() throws Exception {
        maker.device.get(0).oid = null;
        assertThat(rules(verify(null, Map.of()))).containsExactly("fwid");
    }

    @Test
    void verify_oldReportWithoutFwid_isValid() throws Exception {
        maker.opaque.remove(FakeMaker.FWID);
        assertThat(verify(STRICT, Map.of()).result()).isEqualTo(Result.VALID);
    }

    @Test
    void verify_fwidOfOtherHash_isRefused() throws Exception {
        maker.device.get(0).extension = new org.bouncycastle.asn1.DERSequence(
                new org.bouncycastle.asn1.ASN1Encodable[] {
                    new org.bouncycastle.asn1.ASN1Integer(1),
                    new org.bouncycastle.asn1.DERSequence(),
                    FakeMaker.fwidPair(maker.fwid, "2.16.840.1.101.3.4.2.1")
                });
        assertThat(rules(verify(null, Map.of()))).containsExactly("device_chain.dice");
    }

    @Test
    void verify_blackwellsTcbInfo_isReadAndItsDebugModeRefused() throws Exception {
        maker.device.get(0).oid = FakeMaker.BLACKWELL_FWID;
        maker.device.get(0).extension = FakeMaker.tcbInfo(maker.fwid, 0x80);
        assertThat(verify(STRICT, Map.of()).result()).isEqualTo(Result.VALID);
        maker.device.get(0).extension = FakeMaker.tcbInfo(maker.fwid, 0x90);
        assertThat(rules(verify(STRICT, Map.of()))).containsExactly("debug");
        assertThat(verify(null, Map.of()).result()).isEqualTo(Result.VALID);
        maker.device.get(0).extension = FakeMaker.tcbInfo(new byte[48], 0x80);
        assertThat(rules(verify(null, Map.of()))).containsExactly("fwid");
    }

    @Test
    void verify_trailingBytes_oneZeroPassesWithoutPolicyAndNoOtherEver() throws Exception {
        byte[] report = maker.report();
        byte[] one = Arrays.copyOf(report, report.length + 1);
        assertThat(rules(verify(one))).containsExactly("trailing");
        byte[] chain = FakeMaker.pem(FakeMaker.signed(maker.device));
        NvidiaVerifier lenient = new NvidiaVerifier(maker.anchors(), FakeMaker.AT, Optional.empty());
        assertThat(lenient.verify(new NvidiaEvidence(one, chain, Map.of(), List.of()))
                        .result())
                .isEqualTo(Result.VALID);
        byte[] two = Arrays.copyOf(report, report.length + 2);
        byte[] other = one.clone();
        other[report.length] = 1;
        for (byte[] bad : List.of(two, other)) {
            assertThat(lenient.verify(new NvidiaEvidence(bad, chain, Map.of(), List.of()))
                            .result())
                    .isEqualTo(Result.INVALID);
        }
    }

    @Test
    void verify_otherNonce_isRefused() throws Exception {
        assertThat(rules(verify(STRICT.withNonce("cd".repeat(32)), Map.of()))).containsExactly("nonce");
        assertThat(verify(STRICT.withNonce("ab".repeat(32)), Map.of()).result()).isEqualTo(Result.VALID);
    }

    @Test
    void verify_otherArchitecture_isRefused() throws Exception {
        NvidiaPolicy blackwell = policy(EnumSet.of(Architecture.BLACKWELL), "0", "0", Rims.AS_FOUND);
        assertThat(rules(verify(blackwell, Map.of()))).containsExactly("architecture");
        maker.device.get(0).subject = "CN=AD102 A01 GSP FMC LF";
        assertThat(rules(verify(STRICT, Map.of()))).containsExactly("architecture");
    }

    @Test
    void verify_oldVersions_areRefused() throws Exception {
        NvidiaPolicy newer = policy(EnumSet.of(Architecture.HOPPER), "550.100", "96.00.A0", Rims.AS_FOUND);
        assertThat(rules(verify(newer, Map.of()))).containsExactly("minimum_driver", "minimum_vbios");
        NvidiaPolicy same = policy(EnumSet.of(Architecture.HOPPER), "550.90.7", "96.00.9F.00.01", Rims.AS_FOUND);
        assertThat(verify(same, Map.of()).result()).isEqualTo(Result.VALID);
        maker.opaque.remove(FakeMaker.DRIVER);
        assertThat(rules(verify(same, Map.of()))).containsExactly("minimum_driver");
    }

    @Test
    void verify_requiredManifestsAbsent_isUnjudged() throws Exception {
        NvidiaPolicy required = policy(EnumSet.of(Architecture.HOPPER), "0", "0", Rims.REQUIRED);
        assertThat(verify(required, Map.of()).result()).isEqualTo(Result.UNJUDGED);
        FakeRim vbios = new FakeRim(1);
        vbios.version = "96.00.9f.00.01";
        Map<String, byte[]> both = Map.of("d", new FakeRim(2).signed(maker), "v", vbios.signed(maker));
        assertThat(verify(required, both).result()).isEqualTo(Result.VALID);
        assertThat(rules(verify(required, Map.of("v", vbios.signed(maker))))).containsExactly("rim.driver");
    }

    @Test
    void verify_measurementUnlikeTheManifests_isRefusedByPolicyAlone() throws Exception {
        maker.measurements.put(8, new byte[48]);
        Map<String, byte[]> rims = Map.of("d", new FakeRim(6, 7, 9).signed(maker));
        assertThat(rules(verify(STRICT, rims))).containsExactly("measurement[7]");
        assertThat(verify(null, rims).result()).isEqualTo(Result.VALID);
    }

    @Test
    void verify_measurementThatIsNotThere_isRefused() throws Exception {
        maker.measurements.remove(8);
        assertThat(rules(verify(STRICT, Map.of("d", new FakeRim(7).signed(maker)))))
                .containsExactly("measurement[7]");
    }

    @Test
    void verify_alternative_isAccepted() throws Exception {
        FakeRim rim = new FakeRim();
        rim.active.put(7, List.of(new byte[48], FakeMaker.value(7)));
        assertThat(verify(STRICT, Map.of("d", rim.signed(maker))).result()).isEqualTo(Result.VALID);
    }

    @Test
    void verify_measurement35_countsUnlessTheDecoderIsOff() throws Exception {
        maker.measurements.put(36, new byte[48]);
        Map<String, byte[]> rims = Map.of("d", new FakeRim(35, 7).signed(maker));
        assertThat(verify(STRICT, rims).result()).isEqualTo(Result.VALID);
        for (byte[] state : List.of(new byte[] {(byte) 0xaa}, new byte[] {0}, new byte[0], new byte[] {0x55, 0x55})) {
            maker.opaque.put(FakeMaker.NVDEC0, state);
            assertThat(rules(verify(STRICT, rims))).containsExactly("measurement[35]");
        }
    }

    @Test
    void verify_revisionsOfOneVersion_oneThatAgreesSuffices() throws Exception {
        FakeRim old = new FakeRim();
        old.active.put(7, List.of(new byte[48]));
        old.active.put(8, List.of(new byte[48]));
        FakeRim older = new FakeRim(9);
        older.active.put(7, List.of(new byte[48]));
        Map<String, byte[]> two = Map.of("1", old.signed(maker), "2", new FakeRim(7, 8).signed(maker));
        assertThat(verify(STRICT, two).result()).isEqualTo(Result.VALID);
        Map<String, byte[]> none = Map.of("1", old.signed(maker), "2", older.signed(maker));
        assertThat(rules(verify(STRICT, none))).containsExactly("measurement[7]");
    }

    @Test
    void verify_manifestOfAnotherVersionOrFamily_isRefused() throws Exception {
        FakeRim version = new FakeRim(7);
        version.version = "550.90.08";
        assertThat(rules(verify(STRICT, Map.of("d", version.signed(maker))))).containsExactly("rim[d].version");
        FakeRim family = new FakeRim(7);
        family.product = "GB100";
        assertThat(rules(verify(STRICT, Map.of("d", family.signed(maker))))).containsExactly("rim[d].product");
    }

    @Test
    void verify_manifestWithRulesThatAreNotKnown_isRefusedByPolicy() throws Exception {
        FakeRim rim = new FakeRim(7);
        rim.payloadExtra = "<Resource type=\"Measurement\" index=\"65539\" active=\"True\"/>";
        Map<String, byte[]> rims = Map.of("d", rim.signed(maker));
        assertThat(rules(verify(STRICT, rims))).containsExactly("rim[d].payload");
        assertThat(verify(null, rims).result()).isEqualTo(Result.VALID);
    }

    @Test
    void verify_bothManifestsOfOneIndex_isRefused() throws Exception {
        FakeRim vbios = new FakeRim(7);
        vbios.version = "96.00.9F.00.01";
        Map<String, byte[]> rims = Map.of("d", new FakeRim(7).signed(maker), "v", vbios.signed(maker));
        assertThat(rules(verify(STRICT, rims))).containsExactly("rim.conflict");
    }

    @Test
    void verify_manifestThatIsNotSigned_isRefusedWithoutPolicyToo() throws Exception {
        byte[] rim = new String(new FakeRim(7).signed(maker), java.nio.charset.StandardCharsets.UTF_8)
                .replace("550.90.07", "550.90.08")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(rules(verify(null, Map.of("d", rim)))).containsExactly("rim[d].signature");
    }

    @Test
    void verify_revocation_isJudgedByListsInForceOfTheIssuer() throws Exception {
        FakeCertificate root = maker.device.get(2);
        FakeCertificate middle = maker.device.get(1);
        Duration day = Duration.ofDays(1);
        X509CRL ofRoot = root.list(root.key, FakeMaker.AT.minus(day), FakeMaker.AT.plus(day));
        X509CRL ofMiddle = middle.list(middle.key, FakeMaker.AT.minus(day), FakeMaker.AT.plus(day));
        X509CRL revoking = root.list(root.key, FakeMaker.AT.minus(day), FakeMaker.AT.plus(day), middle.serial());
        X509CRL stale = root.list(root.key, FakeMaker.AT.minus(day.multipliedBy(3)), FakeMaker.AT.minus(day));
        X509CRL forged = root.list(middle.key, FakeMaker.AT.minus(day), FakeMaker.AT.plus(day));
        NvidiaPolicy required = new NvidiaPolicy(
                Device.REQUIRED,
                EnumSet.of(Architecture.HOPPER),
                "0",
                "0",
                Rims.AS_FOUND,
                Optional.empty(),
                false,
                false,
                Revocation.REQUIRED,
                Optional.empty());
        assertThat(withLists(required, ofRoot, ofMiddle)).isEqualTo(Result.VALID);
        assertThat(withLists(required, ofRoot)).isEqualTo(Result.UNJUDGED);
        assertThat(withLists(required, forged, ofMiddle)).isEqualTo(Result.UNJUDGED);
        assertThat(withLists(required, stale, ofMiddle)).isEqualTo(Result.INVALID);
        assertThat(withLists(STRICT, revoking)).isEqualTo(Result.INVALID);
        assertThat(withLists(STRICT, forged)).isEqualTo(Result.VALID);
        assertThat(withLists(STRICT)).isEqualTo(Result.VALID);
    }

    @Test
    void verify_revocationWaived_listsAtHandCountAllTheSame() throws Exception {
        FakeCertificate root = maker.device.get(2);
        Duration day = Duration.ofDays(1);
        X509CRL empty = root.list(root.key, FakeMaker.AT.minus(day), FakeMaker.AT.plus(day));
        X509CRL revoking = root.list(
                root.key,
                FakeMaker.AT.minus(day),
                FakeMaker.AT.plus(day),
                maker.device.get(1).serial());
        NvidiaPolicy waived = new NvidiaPolicy(
                Device.REQUIRED,
                EnumSet.of(Architecture.HOPPER),
                "0",
                "0",
                Rims.AS_FOUND,
                Optional.empty(),
                false,
                false,
                Revocation.WAIVED,
                Optional.of("olga"));
        assertThat(withLists(waived)).isEqualTo(Result.VALID);
        assertThat(withLists(waived, empty)).isEqualTo(Result.VALID);
        assertThat(withLists(waived, revoking)).isEqualTo(Result.INVALID);
    }

    private Result withLists(NvidiaPolicy policy, X509CRL... lists) throws Exception {
        byte[] chain = FakeMaker.pem(FakeMaker.signed(maker.device));
        return new NvidiaVerifier(maker.anchors(), FakeMaker.AT, Optional.of(policy))
                .verify(new NvidiaEvidence(maker.report(), chain, Map.of(), List.of(lists)))
                .result();
    }
}
