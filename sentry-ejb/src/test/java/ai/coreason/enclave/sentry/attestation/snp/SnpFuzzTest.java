package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Real evidence with bytes changed at random, from fixed seeds: none is accepted, and nothing but a judgement comes out.
 * 100,000 reports are changed and read; of those that read, every 40th is verified, or all of them, with all certificates,
 * where the system property {@code enclave.fuzz} is {@code full}.
 */
class SnpFuzzTest {
    private static final int MUTATIONS = 100_000;
    private static final boolean FULL = "full".equals(System.getProperty("enclave.fuzz"));
    private static final Anchors ANCHORS = Anchors.builtIn();

    private record Real(String name, byte[] report, byte[] vek, byte[] chain, Instant at) {
        Result judge(byte[] report, byte[] vek, byte[] chain) {
            return SnpVerifier.appraise(report, vek, chain, Optional.empty(), ANCHORS, at, Optional.empty())
                    .result();
        }
    }

    private static List<Real> reals() throws IOException {
        List<Real> out = new ArrayList<>();
        try (Stream<Path> vectors = Files.list(SharedData.file("vectors/attestation/snp"))) {
            for (Path v : vectors.sorted().toList()) {
                JsonNode oracle = Json.read(Files.readAllBytes(v.resolve("expected.json")));
                if (oracle.get("verdict").asText().equals("VALID")) {
                    out.add(new Real(
                            v.getFileName().toString(),
                            Files.readAllBytes(v.resolve("report.bin")),
                            Files.readAllBytes(v.resolve("vek.der")),
                            Files.readAllBytes(v.resolve("chain.pem")),
                            Instant.parse(oracle.get("verify_at").asText())));
                }
            }
        }
        assertThat(out).hasSizeGreaterThan(5);
        return out;
    }

    /** One byte in half of the cases, otherwise up to eight; never none. */
    private static byte[] mutate(byte[] bytes, Random random) {
        byte[] out = bytes.clone();
        int count = random.nextBoolean() ? 1 : 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            int at = random.nextInt(out.length);
            out[at] = (byte) (bytes[at] ^ 1 + random.nextInt(255));
        }
        return out;
    }

    @Test
    void appraise_reportsChangedAtRandom_areNeverAccepted() throws Exception {
        List<Real> reals = reals();
        Random random = new Random(20260301);
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            Real real = reals.get(i % reals.size());
            byte[] report = mutate(real.report, random);
            if (FULL) {
                assertThat(real.judge(report, real.vek, real.chain)).isEqualTo(Result.INVALID);
            } else if (reads(report) && read++ % 40 == 0) {
                PublicKey key = VekCertificate.parse(real.vek).certificate().getPublicKey();
                assertThat(EcKey.signed(SnpReport.parse(report), key))
                        .describedAs(real.name + " " + i)
                        .isFalse();
            }
        }
    }

    private static boolean reads(byte[] report) {
        try {
            SnpReport.parse(report);
            return true;
        } catch (MalformedEvidence e) {
            return false;
        }
    }

    @Test
    void appraise_everyBitOfOneReportChanged_isNeverAccepted() throws Exception {
        Real real = reals().get(0);
        PublicKey key = VekCertificate.parse(real.vek).certificate().getPublicKey();
        assertThat(EcKey.signed(SnpReport.parse(real.report), key)).isTrue();
        for (int bit = 0; bit < real.report.length * 8; bit += FULL ? 1 : 7) {
            byte[] report = real.report.clone();
            report[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(reads(report) && EcKey.signed(SnpReport.parse(report), key))
                    .describedAs("bit " + bit)
                    .isFalse();
        }
    }

    @Test
    void appraise_certificatesChangedAtRandom_areNeverAccepted() throws Exception {
        List<Real> reals = reals();
        Random random = new Random(7);
        for (int i = 0; i < (FULL ? 20_000 : 400); i++) {
            Real real = reals.get(i % reals.size());
            assertThat(real.judge(real.report, mutate(real.vek, random), real.chain))
                    .describedAs(real.name + " " + i)
                    .isEqualTo(Result.INVALID);
        }
    }

    @Test
    void appraise_chainsChangedAtRandom_giveAJudgement() throws Exception {
        List<Real> reals = reals();
        Random random = new Random(8);
        for (int i = 0; i < (FULL ? 20_000 : 400); i++) {
            Real real = reals.get(i % reals.size());
            byte[] chain = mutate(real.chain, random);
            assertThat(real.judge(real.report, real.vek, chain) == Result.VALID)
                    .describedAs(real.name + " " + i)
                    .isEqualTo(sameCertificates(real.chain, chain));
        }
    }

    /** Whether only what stands around or between the Base64 was changed. */
    private static boolean sameCertificates(byte[] one, byte[] other) {
        try {
            return AmdCertificates.read("chain", one).equals(AmdCertificates.read("chain", other));
        } catch (MalformedEvidence e) {
            return false;
        }
    }

    @Test
    void appraise_cutAtEveryOffset_isNeverAccepted() throws Exception {
        Real real = reals().get(0);
        for (int length = 0; length < real.report.length; length++) {
            assertThat(real.judge(Arrays.copyOf(real.report, length), real.vek, real.chain))
                    .isEqualTo(Result.INVALID);
        }
        for (int length = 0; length < real.vek.length; length++) {
            assertThat(real.judge(real.report, Arrays.copyOf(real.vek, length), real.chain))
                    .isEqualTo(Result.INVALID);
        }
        String end = "-----END CERTIFICATE-----";
        int whole = new String(real.chain, StandardCharsets.US_ASCII).lastIndexOf(end) + end.length();
        for (int length = 0; length < whole; length++) {
            assertThat(real.judge(real.report, real.vek, Arrays.copyOf(real.chain, length)))
                    .isEqualTo(Result.INVALID);
        }
    }

    @Test
    void parse_tablesCutOrChanged_giveTheirContentOrARefusal() throws Exception {
        byte[] table =
                Files.readAllBytes(SharedData.file("vectors/attestation/snp-configfs-tsm/veraison-tsm-report/auxblob"));
        byte[] report =
                Files.readAllBytes(SharedData.file("vectors/attestation/snp-configfs-tsm/veraison-tsm-report/outblob"));
        Random random = new Random(9);
        for (int i = 0; i < table.length; i++) {
            readTable(report, Arrays.copyOf(table, i));
            byte[] header = Arrays.copyOf(mutate(Arrays.copyOf(table, 96), random), table.length);
            System.arraycopy(table, 96, header, 96, table.length - 96);
            readTable(report, header);
        }
    }

    private static void readTable(byte[] report, byte[] table) {
        try {
            CertificateTable.evidence("sev_guest".getBytes(StandardCharsets.US_ASCII), report, Optional.of(table));
        } catch (MalformedEvidence e) {
            assertThat(e.reason().expected()).isNotBlank();
        }
    }

    @Test
    void parse_azureReportsCutOrChanged_areRefusedOrUnbound() throws Exception {
        byte[] hcl = Files.readAllBytes(SharedData.file("vectors/attestation/snp-azure-vtpm/coco-v1/hcl_report.bin"));
        int data = 32 + SnpReport.BYTES + 20;
        for (int length = 0; length < data + 1110; length++) {
            assertThat(bound(Arrays.copyOf(hcl, length))).isFalse();
        }
        for (int at = data; at < hcl.length; at++) {
            byte[] changed = hcl.clone();
            changed[at] ^= 1;
            assertThat(bound(changed)).describedAs("byte " + at).isFalse();
        }
        assertThat(bound(hcl)).isTrue();
    }

    private static boolean bound(byte[] hcl) {
        try {
            Findings findings = new Findings();
            HclReport.parse(hcl).check(Optional.empty(), findings);
            return findings.broken().isEmpty();
        } catch (MalformedEvidence e) {
            return false;
        }
    }
}
