package ai.coreason.enclave.sentry.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.http.FakeService;
import ai.coreason.enclave.sentry.attestation.http.Freshness;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource.SnpCertificates;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.SnpPolicy;
import ai.coreason.enclave.sentry.attestation.snp.SnpProduct;
import ai.coreason.enclave.sentry.attestation.snp.SnpSample;
import ai.coreason.enclave.sentry.attestation.snp.SnpTcb;
import ai.coreason.enclave.sentry.attestation.snp.SnpVerifier;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KeyServerTest {
    private static final SnpSample MILAN = SnpSample.of(SnpKey.VCEK, SnpProduct.MILAN);
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path cache;

    private FakeService service;

    @BeforeEach
    void open() throws IOException {
        service = new FakeService(SnpSample.AT);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private KeyServer server(Optional<Path> folder) {
        return new KeyServer(service.uri(), folder, new Freshness(Duration.ofDays(90), DAY), service.download());
    }

    private static String vcek(SnpProduct product) {
        SnpTcb tcb = SnpSample.levels(product);
        String hwId = ByteReader.hex(SnpSample.chip(product)).substring(0, product == SnpProduct.TURIN ? 16 : 128);
        String fmc = product == SnpProduct.TURIN ? "fmcSPL=" + tcb.fmc() + "&" : "";
        return "/vcek/v1/%s/%s?%sblSPL=%d&teeSPL=%d&snpSPL=%d&ucodeSPL=%d"
                .formatted(product.label(), hwId, fmc, tcb.bootLoader(), tcb.tee(), tcb.snp(), tcb.microcode());
    }

    private void serve(SnpProduct product, SnpSample sample) {
        service.at(vcek(product), FakeService.ok(sample.vek()));
        service.at("/vcek/v1/" + product.label() + "/cert_chain", FakeService.ok(sample.chain()));
        service.at("/vcek/v1/" + product.label() + "/crl", FakeService.ok(sample.crl()));
    }

    private static Appraisal judge(byte[] report, SnpCertificates c, Anchors anchors, Instant at) {
        return SnpVerifier.appraise(
                report,
                c.vek().orElseThrow(),
                c.chain().orElseThrow(),
                c.crl(),
                anchors,
                at,
                Optional.of(SnpPolicy.strict()));
    }

    @ParameterizedTest
    @EnumSource(SnpProduct.class)
    void snp_reportAlone_isValidWithWhatTheServerHas(SnpProduct product) {
        SnpSample sample = SnpSample.of(SnpKey.VCEK, product);
        serve(product, sample);
        SnpCertificates got = server(Optional.empty()).snp(sample.report());
        assertThat(got.crl()).hasValue(sample.crl());
        assertThat(judge(sample.report(), got, SnpSample.anchors(), SnpSample.AT)
                        .reasons())
                .isEmpty();
    }

    @Test
    void snp_reportOfAVlek_asksForItsChainAndForNoKey() {
        SnpSample sample = SnpSample.of(SnpKey.VLEK, SnpProduct.MILAN);
        service.at("/vlek/v1/Milan/cert_chain", FakeService.ok(sample.chain()));
        service.at("/vcek/v1/Milan/crl", FakeService.ok(sample.crl()));
        SnpCertificates got = server(Optional.empty()).snp(sample.report());
        assertThat(got.vek()).isEmpty();
        assertThat(got.chain()).hasValue(sample.chain());
        assertThat(got.crl()).hasValue(sample.crl());
        assertThat(service.asked).allMatch(u -> u.endsWith("/cert_chain") || u.endsWith("/crl"));
    }

    @Test
    void snp_malformedReport_asksNothing() {
        assertThat(server(Optional.empty()).snp(new byte[1184])).isEqualTo(SnpCertificates.NONE);
        assertThat(service.asked).isEmpty();
    }

    @Test
    void snp_askedAgain_isAnsweredFromMemory() {
        serve(SnpProduct.MILAN, MILAN);
        KeyServer server = server(Optional.empty());
        server.snp(MILAN.report());
        server.snp(MILAN.report());
        assertThat(service.asked).doesNotHaveDuplicates();
    }

    @Test
    void snp_manyAtOnce_fetchEachDocumentOnce() throws Exception {
        serve(SnpProduct.MILAN, MILAN);
        KeyServer server = server(Optional.empty());
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<SnpCertificates> call = () -> {
                start.await();
                return server.snp(MILAN.report());
            };
            List<Future<SnpCertificates>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit(call));
            }
            start.countDown();
            for (Future<SnpCertificates> one : all) {
                assertThat(one.get().vek()).hasValue(MILAN.vek());
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(service.asked).doesNotHaveDuplicates();
    }

    @Test
    void snp_listOlderThanADay_isFetchedAgainAndTheKeyIsNot() {
        serve(SnpProduct.MILAN, MILAN);
        KeyServer server = server(Optional.of(cache));
        server.snp(MILAN.report());
        service.asked.clear();
        service.pass(DAY);
        byte[] newer = SnpSample.list(SnpProduct.MILAN, SnpSample.AT.plus(DAY.multipliedBy(3)));
        service.at("/vcek/v1/Milan/crl", FakeService.ok(newer));
        assertThat(server.snp(MILAN.report()).crl()).hasValue(newer);
        assertThat(service.asked).containsExactly("/vcek/v1/Milan/crl");
    }

    @Test
    void snp_listThatHasEnded_isFetchedAgainBeforeADay() {
        serve(SnpProduct.MILAN, MILAN);
        service.at(
                "/vcek/v1/Milan/crl",
                FakeService.ok(SnpSample.list(SnpProduct.MILAN, SnpSample.AT.plusSeconds(3600))),
                FakeService.ok(MILAN.crl()));
        KeyServer server = server(Optional.empty());
        server.snp(MILAN.report());
        service.pass(Duration.ofSeconds(3601));
        assertThat(server.snp(MILAN.report()).crl()).hasValue(MILAN.crl());
    }

    @Test
    void snp_serverGone_givesTheOldListWhichThePolicyJudges() {
        serve(SnpProduct.MILAN, MILAN);
        KeyServer server = server(Optional.of(cache));
        server.snp(MILAN.report());
        service.pass(DAY.multipliedBy(5));
        service.at("/vcek/v1/Milan/crl", FakeService.status(503));
        SnpCertificates got = server.snp(MILAN.report());
        assertThat(got.crl()).hasValue(MILAN.crl());
        assertThat(judge(MILAN.report(), got, SnpSample.anchors(), service.instant())
                        .reasons())
                .anyMatch(r -> r.rule().equals("crl.validity"));
    }

    @Test
    void snp_serverGone_isLeftAloneForAWhile() {
        serve(SnpProduct.MILAN, MILAN);
        service.at("/vcek/v1/Milan/crl", FakeService.status(503));
        KeyServer server = server(Optional.empty());
        assertThat(server.snp(MILAN.report()).crl()).isEmpty();
        service.asked.clear();
        assertThat(server.snp(MILAN.report()).crl()).isEmpty();
        assertThat(service.asked).isEmpty();
        service.pass(Duration.ofSeconds(31));
        service.at("/vcek/v1/Milan/crl", FakeService.ok(MILAN.crl()));
        assertThat(server.snp(MILAN.report()).crl()).hasValue(MILAN.crl());
    }

    @Test
    void snp_404_isNoneForTenMinutes() {
        serve(SnpProduct.MILAN, MILAN);
        service.at(vcek(SnpProduct.MILAN), FakeService.status(404), FakeService.ok(MILAN.vek()));
        KeyServer server = server(Optional.of(cache));
        assertThat(server.snp(MILAN.report()).vek()).isEmpty();
        assertThat(server.snp(MILAN.report()).vek()).isEmpty();
        service.pass(Duration.ofMinutes(11));
        assertThat(server.snp(MILAN.report()).vek()).hasValue(MILAN.vek());
    }

    @ParameterizedTest
    @CsvSource({"garbage", "other chip", "cut", "chain", "empty"})
    void snp_anotherDocument_isNeitherGivenNorKept(String what) throws IOException {
        byte[] wrong = switch (what) {
            case "garbage" -> "<html>".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            case "other chip" -> SnpSample.of(SnpKey.VCEK, SnpProduct.GENOA).vek();
            case "cut" -> java.util.Arrays.copyOf(MILAN.vek(), MILAN.vek().length - 1);
            case "chain" -> MILAN.chain();
            default -> new byte[0];
        };
        serve(SnpProduct.MILAN, MILAN);
        service.at(vcek(SnpProduct.MILAN), FakeService.ok(wrong));
        service.at("/vcek/v1/Milan/crl", FakeService.ok(wrong));
        service.at("/vcek/v1/Milan/cert_chain", FakeService.ok(what.equals("chain") ? MILAN.vek() : wrong));
        assertThat(server(Optional.of(cache)).snp(MILAN.report())).isEqualTo(SnpCertificates.NONE);
        assertThat(files()).isEmpty();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(cache)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void snp_cacheOfAnEarlierRun_servesWithoutTheServer() throws IOException {
        serve(SnpProduct.MILAN, MILAN);
        server(Optional.of(cache)).snp(MILAN.report());
        assertThat(files()).hasSize(3).noneMatch(f -> f.getFileName().toString().startsWith("."));
        service.asked.clear();
        SnpCertificates got = server(Optional.of(cache)).snp(MILAN.report());
        assertThat(service.asked).isEmpty();
        assertThat(got.vek()).hasValue(MILAN.vek());
        SnpCertificates offline = new FolderCertificates(cache).snp(MILAN.report());
        assertThat(judge(MILAN.report(), offline, SnpSample.anchors(), SnpSample.AT)
                        .reasons())
                .isEmpty();
    }

    @Test
    void snp_cachedFilesThatDoNotParse_areFetchedAgain() throws IOException {
        serve(SnpProduct.MILAN, MILAN);
        server(Optional.of(cache)).snp(MILAN.report());
        for (Path file : files()) {
            Files.write(file, new byte[] {0x30, 1});
        }
        service.asked.clear();
        SnpCertificates got = server(Optional.of(cache)).snp(MILAN.report());
        assertThat(service.asked).hasSize(3);
        assertThat(got.vek()).hasValue(MILAN.vek());
        assertThat(got.chain()).hasValue(MILAN.chain());
        assertThat(got.crl()).hasValue(MILAN.crl());
    }

    @Test
    void snp_cachedFileOfTheFuture_isFetchedAgain() throws IOException {
        serve(SnpProduct.MILAN, MILAN);
        server(Optional.of(cache)).snp(MILAN.report());
        Files.setLastModifiedTime(
                cache.resolve("snp/Milan/crl.der"), FileTime.from(SnpSample.AT.plus(DAY.multipliedBy(900))));
        service.asked.clear();
        server(Optional.of(cache)).snp(MILAN.report());
        assertThat(service.asked).containsExactly("/vcek/v1/Milan/crl");
    }

    @Test
    void snp_cacheThatCannotBeWritten_isDoneWithout() throws IOException {
        serve(SnpProduct.MILAN, MILAN);
        Path file = Files.createFile(cache.resolve("file"));
        assertThat(server(Optional.of(file)).snp(MILAN.report()).vek()).hasValue(MILAN.vek());
    }

    @ParameterizedTest
    @CsvSource({
        "milan-v2-coco, Milan",
        "milan-v3-oak-oc-release, Milan",
        "genoa-v5-live, Genoa",
        "genoa-v3-azure-aci, Genoa",
        "turin-v5-azure-aci, Turin"
    })
    void snp_realReportAlone_asksForTheCertificateBesideItAndIsGenuineWithIt(String name, String product)
            throws Exception {
        Path vector = SharedData.file("vectors/attestation/snp/" + name);
        JsonNode oracle = Json.read(Files.readAllBytes(vector.resolve("expected.json")));
        JsonNode tcb = oracle.at("/claims/reported_tcb");
        boolean turin = product.equals("Turin");
        String chip = oracle.at("/claims/chip_id").textValue().substring(0, turin ? 16 : 128);
        String path = "/vcek/v1/%s/%s?%sblSPL=%d&teeSPL=%d&snpSPL=%d&ucodeSPL=%d"
                .formatted(
                        product,
                        chip,
                        turin ? "fmcSPL=" + tcb.get("fmc").intValue() + "&" : "",
                        tcb.get("bl").intValue(),
                        tcb.get("tee").intValue(),
                        tcb.get("snp").intValue(),
                        tcb.get("ucode").intValue());
        service.at(path, FakeService.ok(Files.readAllBytes(vector.resolve("vek.der"))));
        service.at(
                "/vcek/v1/" + product + "/cert_chain", FakeService.ok(Files.readAllBytes(vector.resolve("chain.pem"))));
        byte[] report = Files.readAllBytes(vector.resolve("report.bin"));
        SnpCertificates got = server(Optional.of(cache)).snp(report);
        assertThat(service.asked).contains(path);
        Instant at = Instant.parse(oracle.get("verify_at").textValue());
        assertThat(real(report, got, at, Optional.empty())).isEqualTo(Appraisal.Result.VALID);
        String strict = oracle.get("strict_policy_verdict").textValue().split(":")[0];
        assertThat(real(report, got, at, Optional.of(SnpPolicy.strict())).name())
                .isEqualTo(strict);
    }

    private static Appraisal.Result real(byte[] report, SnpCertificates c, Instant at, Optional<SnpPolicy> policy) {
        return SnpVerifier.appraise(
                        report, c.vek().orElseThrow(), c.chain().orElseThrow(), c.crl(), Anchors.builtIn(), at, policy)
                .result();
    }
}
