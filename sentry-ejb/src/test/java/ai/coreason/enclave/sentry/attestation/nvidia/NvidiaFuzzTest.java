package ai.coreason.enclave.sentry.attestation.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Changed evidence is refused or means the same: never an exception, never another meaning. {@code -Denclave.fuzz=full} makes 100,000
 * changes instead of some hundred.
 */
class NvidiaFuzzTest {
    private static final boolean FULL = "full".equals(System.getProperty("enclave.fuzz"));
    private static final long SEED = 20261124;

    private final FakeMaker maker = new FakeMaker();
    private final byte[] chain = FakeMaker.pem(FakeMaker.signed(maker.device));
    private final NvidiaVerifier verifier = new NvidiaVerifier(maker.anchors(), FakeMaker.AT, Optional.empty());

    private Appraisal verify(byte[] report, byte[] pem) {
        return verifier.verify(new NvidiaEvidence(report, pem, Map.of(), List.of()));
    }

    private static int cases(int full, int few) {
        return FULL ? full : few;
    }

    /** One to four changes: bits, bytes, and ranges left out, doubled or overwritten by others. */
    static byte[] mutate(Random random, byte[] valid) {
        byte[] bytes = valid;
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(bytes.length);
            int to = at + 1 + random.nextInt(Math.min(64, bytes.length - at));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes, 0, at);
            switch (random.nextInt(5)) {
                case 0 -> {
                    out.write(bytes[at] ^ 1 << random.nextInt(8));
                    out.write(bytes, at + 1, bytes.length - at - 1);
                }
                case 1 -> {
                    out.write(random.nextInt(256));
                    out.write(bytes, at + 1, bytes.length - at - 1);
                }
                case 2 -> out.write(bytes, to, bytes.length - to);
                case 3 -> {
                    out.write(bytes, at, to - at);
                    out.write(bytes, at, bytes.length - at);
                }
                default -> {
                    int from = random.nextInt(bytes.length - (to - at) + 1);
                    out.write(bytes, from, to - at);
                    out.write(bytes, to, bytes.length - to);
                }
            }
            bytes = out.size() == 0 ? new byte[1] : out.toByteArray();
        }
        return bytes;
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
        for (int i = 0; i < whole; i += FULL ? 1 : 5) {
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
        for (int i = 0; i < xml.length; i += FULL ? 1 : 3) {
            assertThat(parser.read("f", Arrays.copyOf(xml, i)).broken())
                    .as("cut at %d", i)
                    .isNotEmpty();
        }
    }

    @Test
    void verify_changedReports_areRefused() throws Exception {
        byte[] report = maker.report();
        Random random = new Random(SEED);
        for (int i = 0; i < cases(60_000, 1500); i++) {
            byte[] changed = mutate(random, report);
            boolean same =
                    Arrays.equals(changed, report) || Arrays.equals(changed, Arrays.copyOf(report, report.length + 1));
            assertThat(verify(changed, chain).result())
                    .as("change %d of seed %d", i, SEED)
                    .isEqualTo(same ? Result.VALID : Result.INVALID);
        }
    }

    @Test
    void verify_changedChains_areRefusedOrTheSameChain() throws Exception {
        byte[] report = maker.report();
        CertificateChain known = CertificateChain.ofPem("device_chain", chain);
        Random random = new Random(SEED + 1);
        for (int i = 0; i < cases(25_000, 700); i++) {
            byte[] changed = mutate(random, chain);
            if (verify(report, changed).result() == Result.VALID) {
                assertThat(CertificateChain.ofPem("device_chain", changed))
                        .as("change %d of seed %d", i, SEED + 1)
                        .isEqualTo(known);
            }
        }
    }

    @Test
    void read_changedManifests_areRefusedOrSayTheSame() throws Exception {
        byte[] xml = new FakeRim(1, 7).signed(maker);
        RimParser parser = new RimParser(maker.anchors(), FakeMaker.AT);
        Rim known = parser.read("f", xml).rims().get(0);
        Random random = new Random(SEED + 2);
        for (int i = 0; i < cases(15_000, 400); i++) {
            RimParser.Read read = parser.read("f", mutate(random, xml));
            assertThat(read.rims().isEmpty()).isNotEqualTo(read.broken().isEmpty());
            for (Rim rim : read.rims()) {
                assertThat(rim)
                        .as("change %d of seed %d", i, SEED + 2)
                        .usingRecursiveComparison()
                        .isEqualTo(known);
            }
        }
    }
}
