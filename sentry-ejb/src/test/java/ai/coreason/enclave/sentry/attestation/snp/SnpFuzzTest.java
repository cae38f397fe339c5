package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.ByteChanges;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Piece;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every real report, envelope and certificate of SEV-SNP, changed at random and cut at every offset; see {@link Piece}. How many
 * changes: {@link ByteChanges#count}, for certificates a tenth.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SnpFuzzTest {
    private static final Anchors ANCHORS = Anchors.builtIn();

    /** A folder of the acceptance data, of evidence that is authentic. */
    private record Real(Path folder, Instant at) {
        String name(String file) {
            return folder.getParent().getFileName() + "/" + folder.getFileName() + "/" + file;
        }

        byte[] read(String file) throws IOException {
            return Files.readAllBytes(folder.resolve(file));
        }

        Result judge(byte[] report, byte[] vek, byte[] chain) {
            return SnpVerifier.appraise(report, vek, chain, Optional.empty(), ANCHORS, at, Optional.empty())
                    .result();
        }
    }

    private static List<Real> reals(String kind) throws IOException {
        List<Real> out = new ArrayList<>();
        try (Stream<Path> vectors = Files.list(SharedData.file("vectors/attestation/" + kind))) {
            for (Path v : vectors.sorted().toList()) {
                JsonNode oracle = Json.read(Files.readAllBytes(v.resolve("expected.json")));
                if (oracle.get("verdict").asText().equals("VALID")) {
                    out.add(new Real(v, Instant.parse(oracle.get("verify_at").asText())));
                }
            }
        }
        assertThat(out).isNotEmpty();
        return out;
    }

    static List<Piece> reports() throws IOException {
        List<Piece> out = new ArrayList<>();
        for (Real real : reals("snp")) {
            byte[] vek = real.read("vek.der");
            byte[] chain = real.read("chain.pem");
            out.add(new Piece(
                    real.name("report.bin"), real.read("report.bin"), r -> real.judge(r, vek, chain), Piece.NEVER));
        }
        return out;
    }

    static List<Piece> certificates() throws IOException {
        List<Piece> out = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Real real : reals("snp")) {
            byte[] report = real.read("report.bin");
            byte[] vek = real.read("vek.der");
            byte[] chain = real.read("chain.pem");
            if (seen.add(Arrays.toString(vek))) {
                out.add(new Piece(real.name("vek.der"), vek, v -> real.judge(report, v, chain), Piece.NEVER));
            }
            if (seen.add(Arrays.toString(chain))) {
                out.add(new Piece(
                        real.name("chain.pem"),
                        chain,
                        c -> real.judge(report, vek, c),
                        c -> AmdCertificates.read("chain", c).equals(AmdCertificates.read("chain", chain))));
            }
        }
        return out;
    }

    private static List<Piece> azure() throws IOException {
        List<Piece> out = new ArrayList<>();
        for (Real real : reals("snp-azure-vtpm")) {
            byte[] bytes = real.read("hcl_report.bin");
            byte[] vek = real.read("vek.der");
            byte[] chain = real.read("chain.pem");
            out.add(new Piece(real.name("hcl_report.bin"), bytes, b -> judgeAzure(real, b, vek, chain), b -> {
                HclReport one = HclReport.parse(bytes);
                HclReport other = HclReport.parse(b);
                return Arrays.equals(one.report(), other.report())
                        && Arrays.equals(one.runtimeData(), other.runtimeData());
            }));
        }
        return out;
    }

    private static Result judgeAzure(Real real, byte[] hcl, byte[] vek, byte[] chain) {
        try {
            Findings findings = new Findings();
            HclReport parsed = HclReport.parse(hcl);
            parsed.check(Optional.empty(), findings);
            return findings.broken().isEmpty() ? real.judge(parsed.report(), vek, chain) : Result.INVALID;
        } catch (MalformedEvidence e) {
            return Result.INVALID;
        }
    }

    private static List<Piece> linux() throws IOException {
        List<Piece> out = new ArrayList<>();
        for (Real real : reals("snp-configfs-tsm")) {
            byte[] provider = real.read("provider");
            byte[] report = real.read("outblob");
            byte[] table = real.read("auxblob");
            out.add(new Piece(
                    real.name("provider"),
                    provider,
                    p -> judgeLinux(real, p, report, table),
                    p -> new String(p, StandardCharsets.US_ASCII).strip().equals("sev_guest")));
            out.add(new Piece(real.name("outblob"), report, r -> judgeLinux(real, provider, r, table), Piece.NEVER));
            out.add(new Piece(real.name("auxblob"), table, t -> judgeLinux(real, provider, report, t), t -> {
                SnpVerifier.Evidence other = CertificateTable.evidence(report, Optional.of(t));
                return other.crl().isEmpty()
                        && certificates(other)
                                .equals(certificates(CertificateTable.evidence(report, Optional.of(table))));
            }));
        }
        return out;
    }

    /** In whichever form and order they come. */
    private static Set<X509Certificate> certificates(SnpVerifier.Evidence evidence) throws MalformedEvidence {
        Set<X509Certificate> out =
                new HashSet<>(AmdCertificates.read("vek", evidence.vek().orElseThrow()));
        out.addAll(AmdCertificates.read("chain", evidence.chain().orElseThrow()));
        return out;
    }

    private static Result judgeLinux(Real real, byte[] provider, byte[] report, byte[] table) {
        try {
            return SnpVerifier.appraise(
                            CertificateTable.evidence(provider, report, Optional.of(table)),
                            ANCHORS,
                            real.at,
                            Optional.empty())
                    .result();
        } catch (MalformedEvidence e) {
            return Result.INVALID;
        }
    }

    @Test
    void appraise_everyReportChanged_isNeverAccepted() throws Exception {
        reports().forEach(p -> p.change(ByteChanges.count(1500)));
    }

    @Test
    void appraise_everyEnvelopeChanged_isNeverAcceptedForAnythingElse() throws Exception {
        azure().forEach(p -> p.change(ByteChanges.count(1500)));
        linux().forEach(p -> p.change(ByteChanges.count(1500)));
    }

    @Test
    void appraise_everyCertificateChanged_isNeverAcceptedForAnythingElse() throws Exception {
        certificates().forEach(p -> p.change(ByteChanges.count(1000) / 10));
    }

    @Test
    void appraise_everyBitOfOneReportChanged_isNeverAccepted() throws Exception {
        Piece piece = reports().get(0);
        for (int bit = 0; bit < piece.bytes().length * 8; bit++) {
            byte[] report = piece.bytes().clone();
            report[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(piece.judge().judge(report)).describedAs("bit " + bit).isEqualTo(Result.INVALID);
        }
    }

    @Test
    void appraise_everyReportAndEnvelopeCutAnywhere_isNeverAccepted() throws Exception {
        reports().forEach(p -> p.cut(1));
        azure().forEach(p -> p.cut(1));
        linux().forEach(p -> p.cut(1));
    }

    @Test
    void appraise_everyCertificateCutAnywhere_isNeverAccepted() throws Exception {
        certificates().forEach(p -> p.cut(ByteChanges.share() ? 7 : 1));
    }

    @Test
    void parse_changedRevocationList_isNeverAccepted() throws Exception {
        byte[] list = SnpSample.of(SnpKey.VCEK, SnpProduct.MILAN).crl();
        SnpCase made = SnpCase.milan().crypto();
        Piece piece = new Piece("crl.der", list, l -> made.crl(l).appraise().result(), Piece.NEVER);
        piece.change(ByteChanges.count(1000) / 10);
        piece.cut(1);
    }
}
