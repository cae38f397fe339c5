package ai.coreason.enclave.sentry.attestation.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

class CertificateChainTest {
    private final FakeMaker maker = new FakeMaker();
    private final FakeCertificate leaf = maker.device.get(0);
    private final FakeCertificate middle = maker.device.get(1);
    private final FakeCertificate root = maker.device.get(2);

    private List<String> judge() throws Exception {
        return judge(FakeMaker.signed(maker.device), maker.anchors(), FakeMaker.AT);
    }

    private static List<String> judge(List<X509Certificate> chain, Anchors anchors, Instant at) throws Exception {
        return CertificateChain.ofPem("chain", FakeMaker.pem(chain))
                .judge(CertificateChain.Purpose.DEVICE, anchors, at)
                .stream()
                .map(Reason::rule)
                .distinct()
                .toList();
    }

    @Test
    void judge_wholeChain_breaksNoRule() throws Exception {
        assertThat(judge()).isEmpty();
    }

    @Test
    void judge_rootNotPinned_isRefused() throws Exception {
        assertThat(judge(FakeMaker.signed(maker.device), Anchors.builtIn(), FakeMaker.AT))
                .containsExactly("chain.root");
    }

    /** That its signatures are known by now saves no chain from what else has to hold. */
    @Test
    void judge_chainThatHeldBefore_isRefusedWhereItsRootIsNotPinned() throws Exception {
        List<X509Certificate> chain = FakeMaker.signed(maker.device);
        assertThat(judge(chain, maker.anchors(), FakeMaker.AT)).isEmpty();
        assertThat(judge(chain, Anchors.builtIn(), FakeMaker.AT)).containsExactly("chain.root");
        assertThat(judge(chain, maker.anchors(), Instant.EPOCH)).containsExactly("chain.validity");
        assertThat(judge(chain, maker.anchors(), FakeMaker.AT)).isEmpty();
    }

    @Test
    void judge_rootPinnedForManifests_isRefusedForDevices() throws Exception {
        List<X509Certificate> manifest = FakeMaker.signed(maker.manifest);
        assertThat(judge(manifest, maker.anchors(), FakeMaker.AT)).containsExactly("chain.root");
    }

    @Test
    void judge_pinnedNameWithAnotherKey_isRefused() throws Exception {
        Anchors pinned = maker.anchors();
        root.key = FakeCertificate.key("secp384r1");
        root.signer = root.key;
        middle.signer = root.key;
        assertThat(judge(FakeMaker.signed(maker.device), pinned, FakeMaker.AT)).containsExactly("chain.root");
    }

    @Test
    void judge_rootLeftOut_isRefused() throws Exception {
        List<X509Certificate> chain = FakeMaker.signed(maker.device).subList(0, 2);
        assertThat(judge(chain, maker.anchors(), FakeMaker.AT)).contains("chain.root");
    }

    @Test
    void judge_otherIssuerName_isRefused() throws Exception {
        leaf.issuer = "CN=Another";
        assertThat(judge()).containsExactly("chain.issuer");
    }

    @Test
    void judge_otherIssuerKey_isRefused() throws Exception {
        leaf.signer = root.key;
        assertThat(judge()).containsExactly("chain.signature");
    }

    @Test
    void judge_notYetAndNoLongerValid_isRefusedToTheSecond() throws Exception {
        leaf.from = FakeMaker.AT;
        leaf.until = FakeMaker.AT.plusSeconds(10);
        List<X509Certificate> chain = FakeMaker.signed(maker.device);
        assertThat(judge(chain, maker.anchors(), FakeMaker.AT)).isEmpty();
        assertThat(judge(chain, maker.anchors(), FakeMaker.AT.plusSeconds(10))).isEmpty();
        assertThat(judge(chain, maker.anchors(), FakeMaker.AT.minusSeconds(1))).containsExactly("chain.validity");
        assertThat(judge(chain, maker.anchors(), FakeMaker.AT.plusSeconds(11))).containsExactly("chain.validity");
    }

    @Test
    void judge_expiredIssuer_isRefused() throws Exception {
        middle.until = FakeMaker.AT.minusSeconds(1);
        assertThat(judge()).containsExactly("chain.validity");
    }

    @Test
    void judge_otherCurve_isRefused() throws Exception {
        leaf.key = FakeCertificate.key("secp256r1");
        assertThat(judge()).containsExactly("chain.algorithm");
    }

    @Test
    void judge_otherHash_isRefused() throws Exception {
        leaf.algorithm = "SHA256withECDSA";
        assertThat(judge()).containsExactly("chain.algorithm");
    }

    @Test
    void judge_unknownCriticalExtension_isRefused() throws Exception {
        middle.oid = "1.2.3.4";
        middle.critical = true;
        middle.extension = DERNull.INSTANCE;
        assertThat(judge()).containsExactly("chain.extensions");
    }

    @Test
    void judge_issuerThatIsNoAuthority_isRefused() throws Exception {
        middle.authority = false;
        assertThat(judge()).containsExactly("chain.usage");
    }

    @Test
    void judge_issuerThatMayNotSignCertificates_isRefused() throws Exception {
        middle.usage = KeyUsage.digitalSignature;
        assertThat(judge()).containsExactly("chain.usage");
        middle.usage = 0;
        assertThat(judge()).containsExactly("chain.usage");
    }

    @Test
    void judge_leafThatIsAnAuthority_isRefused() throws Exception {
        leaf.authority = true;
        assertThat(judge()).containsExactly("chain.usage");
    }

    @Test
    void judge_pathLongerThanAllowed_isRefused() throws Exception {
        root.path = 0;
        assertThat(judge()).containsExactly("chain.usage");
        root.path = 1;
        middle.path = 0;
        assertThat(judge()).isEmpty();
    }

    @Test
    void judge_leafUsedAsIssuer_isRefused() throws Exception {
        FakeCertificate below = FakeCertificate.leaf("GH100 forged", leaf, FakeCertificate.key("secp384r1"));
        maker.device.add(0, below);
        assertThat(judge()).containsExactly("chain.usage");
    }

    @Test
    void judge_otherOrder_isRefused() throws Exception {
        List<X509Certificate> chain = new ArrayList<>(FakeMaker.signed(maker.device));
        Collections.reverse(chain);
        assertThat(judge(chain, maker.anchors(), FakeMaker.AT)).contains("chain.root", "chain.issuer", "chain.usage");
    }

    @Test
    void judge_twoAuthoritiesThatSignEachOther_isRefused() throws Exception {
        FakeCertificate a = FakeCertificate.authority("A", middle, FakeCertificate.key("secp384r1"));
        FakeCertificate b = FakeCertificate.authority("B", a, FakeCertificate.key("secp384r1"));
        a.issuer = b.subject;
        a.signer = b.key;
        FakeCertificate end = FakeCertificate.leaf("GH100 loop", a, leaf.key);
        maker.device.clear();
        maker.device.addAll(List.of(end, a, b, root));
        assertThat(judge()).contains("chain.issuer", "chain.signature");
        List<X509Certificate> loop = List.of(end.sign(), a.sign(), b.sign(), a.sign());
        assertThat(judge(loop.subList(0, 3), maker.anchors(), FakeMaker.AT)).contains("chain.root");
    }

    @Test
    void judge_selfIssuedBeforeTheRoot_isRefused() throws Exception {
        middle.subject = root.subject;
        leaf.issuer = root.subject;
        assertThat(judge()).contains("chain.issuer");
    }

    @Test
    void ofPem_oneTwice_isRefused() {
        List<X509Certificate> chain = new ArrayList<>(FakeMaker.signed(maker.device));
        chain.add(1, chain.get(0));
        assertRefused(FakeMaker.pem(chain), "once");
    }

    @Test
    void ofPem_tooFewOrTooMany_isRefused() {
        List<X509Certificate> chain = FakeMaker.signed(maker.device);
        assertRefused(FakeMaker.pem(chain.subList(0, 1)), "2 to 8");
        assertRefused(new byte[0], "2 to 8");
        List<X509Certificate> nine = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            nine.add(FakeCertificate.leaf("N" + i, middle, leaf.key).sign());
        }
        assertRefused(FakeMaker.pem(nine), "expected 2 to 8 certificates, got 9");
    }

    @Test
    void ofPem_brokenBlocks_areRefused() {
        String pem = new String(FakeMaker.pem(FakeMaker.signed(maker.device)), StandardCharsets.US_ASCII);
        assertRefused(pem.replaceFirst("-----END CERTIFICATE-----", "").getBytes(StandardCharsets.US_ASCII), "whole");
        assertRefused(pem.replaceFirst("MI", "!!").getBytes(StandardCharsets.US_ASCII), "whole");
        assertRefused(pem.replaceFirst("MII", "AAAA").getBytes(StandardCharsets.US_ASCII), "");
    }

    @Test
    void ofDer_byteAfterTheCertificate_isRefused() throws Exception {
        List<X509Certificate> chain = FakeMaker.signed(maker.device);
        byte[] longer =
                java.util.Arrays.copyOf(chain.get(0).getEncoded(), chain.get(0).getEncoded().length + 1);
        assertThatThrownBy(() -> CertificateChain.ofDer(
                        "chain", List.of(longer, chain.get(1).getEncoded())))
                .isInstanceOf(MalformedEvidence.class)
                .hasMessageContaining("more bytes");
    }

    private static void assertRefused(byte[] pem, String message) {
        assertThatThrownBy(() -> CertificateChain.ofPem("chain", pem))
                .isInstanceOf(MalformedEvidence.class)
                .hasMessageContaining(message);
    }
}
