package ai.coreason.enclave.sentry.attestation.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.ByteChanges;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Piece;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every real report, chain and manifest of NVIDIA's, and made-up ones, changed at random and cut at every offset; see {@link
 * Piece}. How many changes: {@link ByteChanges#count}, for chains and manifests a fiftieth.
 */
@Timeout(value = 4, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NvidiaFuzzTest {
    private static final Anchors ANCHORS = Anchors.builtIn();

    private final FakeMaker maker = new FakeMaker();
    private final byte[] chain = FakeMaker.pem(FakeMaker.signed(maker.device));
    private final NvidiaVerifier verifier = new NvidiaVerifier(maker.anchors(), FakeMaker.AT, Optional.empty());

    /** A folder of the acceptance data, of evidence that is authentic. */
    private record Real(Path folder, NvidiaVerifier verifier) {
        String name(String file) {
            return folder.getParent().getFileName() + "/" + folder.getFileName() + "/" + file;
        }

        byte[] read(String file) throws IOException {
            return Files.readAllBytes(folder.resolve(file));
        }
    }

    private static List<Real> reals(String kind) throws IOException {
        List<Real> out = new ArrayList<>();
        try (Stream<Path> vectors = Files.list(SharedData.file("vectors/attestation/" + kind))) {
            for (Path v : vectors.sorted().toList()) {
                JsonNode oracle = Json.read(Files.readAllBytes(v.resolve("expected.json")));
                if (oracle.get("verdict").asText().equals("VALID")) {
                    Instant at = Instant.parse(oracle.get("verify_at").asText());
                    out.add(new Real(v, new NvidiaVerifier(ANCHORS, at, Optional.empty())));
                }
            }
        }
        assertThat(out).isNotEmpty();
        return out;
    }

    static List<Piece> reports() throws Exception {
        List<Piece> out = new ArrayList<>();
        for (Real real : reals("nvidia")) {
            byte[] report = real.read("evidence.bin");
            out.add(report(real.name("evidence.bin"), report, real.read("cert_chain.pem"), real.verifier));
        }
        return out;
    }

    /** A report; the chain stays as it is. One byte of zero may stand behind the signature. */
    private static Piece report(String name, byte[] report, byte[] chain, NvidiaVerifier verifier) throws Exception {
        int whole = report.length - SpdmReport.parse(report).trailing();
        byte[] longer = Arrays.copyOf(Arrays.copyOf(report, whole), whole + 1);
        return new Piece(
                name,
                report,
                r -> verifier.verify(new NvidiaEvidence(r, chain, Map.of(), List.of()))
                        .result(),
                r -> Arrays.equals(r, longer) || Arrays.equals(r, Arrays.copyOf(report, whole)));
    }

    private static List<Piece> chains() throws Exception {
        List<Piece> out = new ArrayList<>();
        for (Real real : reals("nvidia")) {
            out.add(chain(
                    real.name("cert_chain.pem"),
                    real.read("evidence.bin"),
                    real.read("cert_chain.pem"),
                    real.verifier));
        }
        return out;
    }

    private static Piece chain(String name, byte[] report, byte[] chain, NvidiaVerifier verifier) {
        return new Piece(
                name,
                chain,
                c -> verifier.verify(new NvidiaEvidence(report, c, Map.of(), List.of()))
                        .result(),
                c -> CertificateChain.ofPem("x", c).equals(CertificateChain.ofPem("x", chain)));
    }

    static List<Piece> manifests() throws Exception {
        List<Piece> out = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String kind : List.of("nvidia", "nvidia-rim")) {
            for (Real real : reals(kind)) {
                try (Stream<Path> files = Files.list(real.folder)) {
                    for (Path file : files.filter(NvidiaFuzzTest::isManifest).toList()) {
                        byte[] xml = Files.readAllBytes(file);
                        if (seen.add(Arrays.toString(xml))) {
                            String name = real.name(file.getFileName().toString());
                            out.add(manifest(name, xml, real.verifier));
                        }
                    }
                }
            }
        }
        return out;
    }

    private static boolean isManifest(Path file) {
        return file.toString().endsWith(".swidtag") || file.toString().endsWith(".xml");
    }

    private static Piece manifest(String name, byte[] xml, NvidiaVerifier verifier) {
        RimParser parser = new RimParser(verifier.anchors(), verifier.at());
        Rim known = parser.read("f", xml).rims().get(0);
        return new Piece(
                name, xml, x -> verifier.verifyRims(Map.of("f", x), List.of()).result(), x -> {
                    assertThat(parser.read("f", x).rims())
                            .singleElement()
                            .usingRecursiveComparison()
                            .isEqualTo(known);
                    return true;
                });
    }

    @Test
    void verify_everyReportChanged_isRefused() throws Exception {
        reports().forEach(p -> p.change(ByteChanges.count(500)));
    }

    @Test
    void verify_everyChainChanged_isRefusedOrTheSameChain() throws Exception {
        chains().forEach(p -> p.change(ByteChanges.count(1000) / 50));
    }

    @Test
    void verifyRims_everyManifestChanged_isRefusedOrSaysTheSame() throws Exception {
        manifests().forEach(p -> p.change(ByteChanges.count(1500) / 50));
    }

    @Test
    void verify_everyReportCutAnywhere_isRefused() throws Exception {
        reports().forEach(p -> p.cut(1));
    }

    @Test
    void verify_everyChainCutAnywhere_isRefused() throws Exception {
        chains().forEach(p -> p.cut(ByteChanges.share() ? 101 : 1));
    }

    @Test
    void verifyRims_everyManifestCutAnywhere_isRefused() throws Exception {
        manifests().forEach(p -> p.cut(ByteChanges.share() ? 211 : 1));
    }

    @Test
    void verify_madeUpReportChanged_isRefused() throws Exception {
        report("made-up report", maker.report(), chain, verifier).change(1500);
    }

    @Test
    void verify_madeUpChainChanged_isRefusedOrTheSameChain() throws Exception {
        chain("made-up chain", maker.report(), chain, verifier).change(500);
    }

    @Test
    void verifyRims_madeUpManifestChanged_isRefusedOrSaysTheSame() throws Exception {
        manifest("made-up manifest", new FakeRim(1, 7).signed(maker), verifier).change(400);
    }

    private Appraisal verify(byte[] report, byte[] pem) {
        return verifier.verify(new NvidiaEvidence(report, pem, Map.of(), List.of()));
    }

    @Test
    void parse_reportCutAtEveryOffset_isMalformed() throws Exception {
        byte[] report = maker.report();
        for (int i = 0; i < report.length; i++) {
            byte[] cut = Arrays.copyOf(report, i);
            assertThat(verify(cut, chain).result()).as("cut at %d", i).isEqualTo(Result.INVALID);
            try {
                SpdmReport.parse(cut);
                throw new AssertionError("parsed when cut at " + i);
            } catch (MalformedEvidence e) {
                assertThat(e.reason().rule()).contains("at offset");
            }
        }
    }

    @Test
    void ofPem_chainCutAtEveryOffset_isNeverTrusted() {
        int whole = new String(chain, java.nio.charset.StandardCharsets.US_ASCII)
                .stripTrailing()
                .length();
        for (int i = 0; i < whole; i += 5) {
            byte[] cut = Arrays.copyOf(chain, i);
            try {
                assertThat(CertificateChain.ofPem("chain", cut)
                                .judge(CertificateChain.Purpose.DEVICE, verifier.anchors(), FakeMaker.AT))
                        .as("cut at %d", i)
                        .isNotEmpty();
            } catch (MalformedEvidence e) {
                assertThat(e.reason().rule()).startsWith("chain");
            }
        }
    }

    @Test
    void read_manifestCutAtEveryOffset_isRefused() throws Exception {
        byte[] xml = new FakeRim(1, 7).signed(maker);
        RimParser parser = new RimParser(maker.anchors(), FakeMaker.AT);
        for (int i = 0; i < xml.length; i += 3) {
            assertThat(parser.read("f", Arrays.copyOf(xml, i)).broken())
                    .as("cut at %d", i)
                    .isNotEmpty();
        }
    }
}
