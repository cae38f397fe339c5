package ai.coreason.enclave.sentry.attestation.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.Bounds;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.der.HostileDer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reports, chains and manifests that are made to cost much. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NvidiaHostileTest {
    private final FakeMaker maker = new FakeMaker();
    private final NvidiaVerifier verifier = new NvidiaVerifier(maker.anchors(), FakeMaker.AT, Optional.empty());

    @TempDir
    Path folder;

    private static void refused(String which, Bounds.Work<Appraisal> work) {
        assertThat(Bounds.within(which, work))
                .as(which)
                .satisfies(a -> assertThat(a.result()).isEqualTo(Result.INVALID))
                .satisfies(a -> assertThat(a.reasons()).isNotEmpty());
    }

    private Bounds.Work<Appraisal> device(byte[] report, byte[] chain) {
        return () -> verifier.verify(new NvidiaEvidence(report, chain, Map.of(), List.of()));
    }

    private Bounds.Work<Appraisal> manifest(byte[] xml) {
        return () -> verifier.verifyRims(Map.of("f", xml), List.of());
    }

    private static Map<String, byte[]> hostile() {
        Map<String, byte[]> out = new LinkedHashMap<>(HostileDer.values());
        out.putAll(HostileDer.certificates());
        return out;
    }

    private byte[] der(int i) throws Exception {
        return maker.device.get(i).sign().getEncoded();
    }

    @Test
    void verify_hostileCertificates_areRefused() throws Exception {
        byte[] report = maker.report();
        assertThat(device(report, HostileDer.pem(der(0), der(1), der(2))).run().result())
                .isEqualTo(Result.VALID);
        for (Map.Entry<String, byte[]> one : hostile().entrySet()) {
            refused("leaf: " + one.getKey(), device(report, HostileDer.pem(one.getValue(), der(1), der(2))));
            refused("issuer: " + one.getKey(), device(report, HostileDer.pem(der(0), one.getValue(), der(2))));
        }
    }

    @Test
    void verify_issuerWithAHugeDsaKey_isRefusedBeforeArithmetic() throws Exception {
        byte[] leaf = HostileDer.dsaCertificate("GH100 A01", "issuer");
        byte[] issuer = HostileDer.dsaCertificate("issuer", "issuer");
        refused("DSA", device(maker.report(), HostileDer.pem(leaf, issuer)));
    }

    @Test
    void verify_thousandsOfCertificates_areRefusedUnread() throws Exception {
        byte[][] many = new byte[1500][];
        Arrays.fill(many, der(1));
        refused("1500 certificates", device(maker.report(), HostileDer.pem(many)));
        byte[] begins = "-----BEGIN CERTIFICATE-----".repeat(38_000).getBytes(StandardCharsets.US_ASCII);
        refused("38,000 beginnings", device(maker.report(), begins));
    }

    @Test
    void verify_endThatSharesItsDashesWithTheBeginning_isRefused() throws Exception {
        byte[] text = "-----BEGIN CERTIFICATE-----END CERTIFICATE-----".getBytes(StandardCharsets.US_ASCII);
        refused("dashes", device(maker.report(), text));
    }

    @Test
    void verify_countsAndLengthsAtTheirMost_areRefused() throws Exception {
        byte[] chain = HostileDer.pem(der(0), der(1), der(2));
        byte[] report = maker.report();
        int count = 37 + 4;
        int opaque = count + 4 + 40 * 55 + 32;
        int[][] fields = {
            {count, 1}, {count + 1, 3}, {count + 4 + 2, 2}, {count + 4 + 5, 2}, {opaque, 2}, {opaque + 4, 2}
        };
        for (int[] field : fields) {
            byte[] changed = report.clone();
            Arrays.fill(changed, field[0], field[0] + field[1], (byte) 0xff);
            refused("field at " + field[0], device(changed, chain));
            byte[] long1 = Arrays.copyOf(changed, 1 << 20);
            refused("field at " + field[0] + " of 1 MiB", device(long1, chain));
        }
        refused("over 1 MiB", device(Arrays.copyOf(report, (1 << 20) + 1), chain));
    }

    @Test
    void appraise_hostileLists_leaveItUnjudged() throws Exception {
        Files.write(folder.resolve("evidence.bin"), maker.report());
        Files.write(folder.resolve("cert_chain.pem"), HostileDer.pem(der(0), der(1), der(2)));
        for (Map.Entry<String, byte[]> one : HostileDer.values().entrySet()) {
            Files.write(folder.resolve("a.crl"), one.getValue());
            assertThat(Bounds.within(one.getKey(), this::folder).result())
                    .as(one.getKey())
                    .isEqualTo(Result.UNJUDGED);
        }
        Files.write(folder.resolve("a.crl"), HostileDer.list("CN=x"));
        assertThat(Bounds.within("38,000 entries", this::folder).result()).isEqualTo(Result.VALID);
    }

    private Appraisal folder() throws Exception {
        return NvidiaFolder.appraise(folder, "nvidia", maker.anchors(), FakeMaker.AT, Optional.empty());
    }

    @Test
    void verifyRims_hostileDocuments_areRefused() throws Exception {
        String signed = new String(new FakeRim(1).signed(maker), StandardCharsets.UTF_8);
        int room = 1_000_000 - signed.length();
        for (String part : new String[] {
            "<a/>", "<a>b</a>", "<?a?>", "&#65;", "<a b='c'/>", "<![CDATA[a]]>", "<a xmlns:b='c'/>", "\r"
        }) {
            String many = part.repeat(room / part.length());
            refused("payload of " + part, manifest(utf8(signed.replace("<Payload>", many + "<Payload>"))));
        }
        String comments = signed.replace("<Payload>", "<!---->".repeat(room / 7) + "<Payload>");
        Appraisal same = Bounds.within("comments, which are not signed", manifest(utf8(comments)));
        assertThat(same.result()).isEqualTo(Result.VALID);
        StringBuilder wide = new StringBuilder("<SoftwareIdentity");
        for (int i = 0; wide.length() < room; i++) {
            wide.append(" a").append(i).append("=''");
        }
        refused("attributes", manifest(utf8(signed.replace("<SoftwareIdentity", wide))));
        refused("one attribute", manifest(utf8(signed.replace("tagId=\"t\"", "tagId=\"" + "t".repeat(room) + "\""))));
        refused("deep", manifest(utf8("<a>".repeat(300_000))));
    }

    @Test
    void verifyRims_bombs_areRefusedBeforeTheyGrow() throws Exception {
        String signed = new String(new FakeRim(1).signed(maker), StandardCharsets.UTF_8);
        StringBuilder laughs = new StringBuilder("<!DOCTYPE a [<!ENTITY a0 \"aaaaaaaaaa\">");
        for (int i = 1; i < 30; i++) {
            laughs.append("<!ENTITY a")
                    .append(i)
                    .append(" \"")
                    .append(("&a" + (i - 1) + ";").repeat(10))
                    .append("\">");
        }
        refused("laughs", manifest(utf8(laughs + "]>" + signed.replace("tagId=\"t\"", "tagId=\"&a29;\""))));
        String quadratic = "<!DOCTYPE a [<!ENTITY a \"" + "a".repeat(200_000) + "\">]>";
        refused(
                "quadratic",
                manifest(utf8(quadratic + signed.replace("<Payload>", "&a;".repeat(200_000) + "<Payload>"))));
    }

    @Test
    void verifyRims_hostileCertificates_areRefused() throws Exception {
        String signed = new String(new FakeRim(1).signed(maker), StandardCharsets.UTF_8);
        int from = signed.indexOf("<X509Certificate>") + "<X509Certificate>".length();
        int to = signed.indexOf("</X509Certificate>");
        for (Map.Entry<String, byte[]> one : hostile().entrySet()) {
            String base64 = Base64.getEncoder().encodeToString(one.getValue());
            refused(
                    "signer: " + one.getKey(),
                    manifest(utf8(signed.substring(0, from) + base64 + signed.substring(to))));
        }
        byte[] leaf = HostileDer.dsaCertificate("L4", "issuer");
        byte[] issuer = HostileDer.dsaCertificate("issuer", "issuer");
        String all = Base64.getEncoder().encodeToString(leaf) + "</X509Certificate><X509Certificate>"
                + Base64.getEncoder().encodeToString(issuer);
        int last = signed.lastIndexOf("</X509Certificate>");
        refused("DSA", manifest(utf8(signed.substring(0, from) + all + signed.substring(last))));
        String certificate = signed.substring(from, to);
        String many = ("<X509Certificate>" + certificate + "</X509Certificate>")
                .repeat(900_000 / (certificate.length() + 35));
        refused("thousands", manifest(utf8(signed.substring(0, from - 17) + many + signed.substring(last + 18))));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
