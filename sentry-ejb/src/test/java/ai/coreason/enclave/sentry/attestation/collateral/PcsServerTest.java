package ai.coreason.enclave.sentry.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.http.FakeService;
import ai.coreason.enclave.sentry.attestation.http.Freshness;
import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.intel.IntelPolicy;
import ai.coreason.enclave.sentry.attestation.intel.QuoteVerifier;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import ai.coreason.enclave.sentry.attestation.tdx.TdxPolicy;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcsServerTest {
    private static final Instant AT = Instant.parse("2025-07-01T00:00:00Z");
    private static final String PCK_CRL = "/sgx/certification/v4/pckcrl?ca=platform&encoding=der";

    @TempDir
    private Path cache;

    private FakeService service;
    private Path vector;

    @BeforeEach
    void open() throws IOException {
        vector = SharedData.file("vectors/attestation/tdx/phala-v4-b0c06f");
        service = new FakeService(AT);
        serve("tdx", "b0c06f000000", "platform");
    }

    @AfterEach
    void close() {
        if (service != null) {
            service.close();
        }
    }

    private void serve(String tee, String fmspc, String authority) throws IOException {
        service.at(
                "/" + tee + "/certification/v4/tcb?fmspc=" + fmspc,
                FakeService.ok(file(Part.TCB_INFO), chain("TCB-Info-Issuer-Chain", Part.TCB_CHAIN)));
        service.at(
                "/" + tee + "/certification/v4/qe/identity",
                FakeService.ok(file(Part.QE_IDENTITY), chain("SGX-Enclave-Identity-Issuer-Chain", Part.QE_CHAIN)));
        service.at(
                "/sgx/certification/v4/pckcrl?ca=" + authority + "&encoding=der", FakeService.ok(file(Part.PCK_CRL)));
        service.at("/root.der", FakeService.ok(file(Part.ROOT_CRL)));
    }

    private byte[] file(Part part) throws IOException {
        return Files.readAllBytes(vector.resolve(part.file()));
    }

    private Map<String, String> chain(String header, Part part) throws IOException {
        String pem = new String(file(part), StandardCharsets.US_ASCII);
        return Map.of(header, URLEncoder.encode(pem, StandardCharsets.US_ASCII).replace("+", "%20"));
    }

    private byte[] quote() throws IOException {
        return Files.readAllBytes(vector.resolve("quote.bin"));
    }

    private PcsServer server() {
        return new PcsServer(
                service.uri(),
                URI.create(service.uri() + "/root.der"),
                Optional.of(cache),
                Freshness.DEFAULT,
                service.download());
    }

    private static Appraisal judge(String kind, byte[] quote, Collateral collateral, Optional<IntelPolicy> policy) {
        return QuoteVerifier.appraise(TeeType.ofKind(kind), quote, collateral, Anchors.builtIn(), AT, policy);
    }

    @Test
    void intel_realTdxQuoteAlone_isValidUnderTheStrictPolicy() throws Exception {
        Collateral got = server().intel(quote());
        assertThat(judge("tdx", quote(), got, Optional.of(TdxPolicy.strict())).result())
                .isEqualTo(Appraisal.Result.VALID);
        assertThat(service.asked).hasSize(4);
    }

    @Test
    void intel_realSgxQuoteAlone_isGenuineAndItsLevelIsTold() throws Exception {
        vector = SharedData.file("vectors/attestation/sgx/phala-v3-00a067");
        serve("sgx", "00a067110000", "processor");
        Appraisal appraisal = judge("sgx", quote(), server().intel(quote()), Optional.empty());
        assertThat(appraisal.result()).isEqualTo(Appraisal.Result.VALID);
        assertThat(appraisal.claims().tcb().get("platform_status").textValue())
                .isEqualTo("ConfigurationAndSWHardeningNeeded");
    }

    @Test
    void intel_cacheOfAnEarlierRun_servesOfflineAsAFolder() throws Exception {
        server().intel(quote());
        service.asked.clear();
        Collateral again = server().intel(quote());
        assertThat(service.asked).isEmpty();
        Collateral offline = new FolderCertificates(cache).intel(quote());
        for (Part part : Part.values()) {
            assertThat(again.get(part).map(HexFormat.of()::formatHex))
                    .isEqualTo(offline.get(part).map(HexFormat.of()::formatHex));
        }
        assertThat(judge("tdx", quote(), offline, Optional.of(TdxPolicy.strict()))
                        .result())
                .isEqualTo(Appraisal.Result.VALID);
    }

    @Test
    void intel_cachedChainThatWasCut_isFetchedAgainWithItsDocument() throws Exception {
        server().intel(quote());
        Path file = cache.resolve("intel/tdx/b0c06f000000/tcb_sign_chain.pem");
        Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), 100));
        service.asked.clear();
        assertThat(server().intel(quote()).get(Part.TCB_CHAIN)).hasValue(file(Part.TCB_CHAIN));
        assertThat(service.asked).containsExactly("/tdx/certification/v4/tcb?fmspc=b0c06f000000");
    }

    @Test
    void intel_infoOfAnotherFamilyOrAltered_isNotGiven() throws Exception {
        Path other = SharedData.file("vectors/attestation/tdx/coco-v5-90c06f");
        service.at(
                "/tdx/certification/v4/tcb?fmspc=b0c06f000000",
                FakeService.ok(
                        Files.readAllBytes(other.resolve(Part.TCB_INFO.file())),
                        chain("TCB-Info-Issuer-Chain", Part.TCB_CHAIN)));
        byte[] altered = file(Part.QE_IDENTITY);
        altered[altered.length / 2] ^= 1;
        service.at(
                "/tdx/certification/v4/qe/identity",
                FakeService.ok(altered, chain("SGX-Enclave-Identity-Issuer-Chain", Part.QE_CHAIN)));
        service.at(PCK_CRL, FakeService.ok(file(Part.ROOT_CRL)));
        Collateral got = server().intel(quote());
        assertThat(got.get(Part.TCB_INFO)).isEmpty();
        assertThat(got.get(Part.QE_IDENTITY)).isEmpty();
        assertThat(got.get(Part.PCK_CRL)).isEmpty();
        assertThat(got.get(Part.ROOT_CRL)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "%2", "%ff", "-----BEGIN CERTIFICATE-----"})
    void intel_headerWithoutTheChain_isNotTaken(String header) throws Exception {
        service.at(
                "/tdx/certification/v4/tcb?fmspc=b0c06f000000",
                FakeService.ok(file(Part.TCB_INFO), Map.of("TCB-Info-Issuer-Chain", header)));
        assertThat(server().intel(quote()).get(Part.TCB_INFO)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hex", "pem"})
    void intel_listInTheFormOfADataCentresCache_isGivenInDer(String form) throws Exception {
        byte[] der = file(Part.PCK_CRL);
        String text = form.equals("hex")
                ? HexFormat.of().formatHex(der) + "\n"
                : "-----BEGIN X509 CRL-----\n" + Base64.getMimeEncoder().encodeToString(der)
                        + "\n-----END X509 CRL-----\n";
        service.at(PCK_CRL, FakeService.ok(text.getBytes(StandardCharsets.US_ASCII)));
        assertThat(server().intel(quote()).get(Part.PCK_CRL)).hasValue(der);
    }

    @Test
    void intel_serviceGoneForAMonth_givesOldCollateralWhichIsJudged() throws Exception {
        PcsServer server = server();
        server.intel(quote());
        service.pass(Duration.ofDays(30));
        service.at("/tdx/certification/v4/tcb?fmspc=b0c06f000000", FakeService.status(503));
        Collateral got = server.intel(quote());
        assertThat(got.get(Part.TCB_INFO)).hasValue(file(Part.TCB_INFO));
        Appraisal appraisal = QuoteVerifier.appraise(
                TeeType.TDX, quote(), got, Anchors.builtIn(), service.instant(), Optional.empty());
        assertThat(appraisal.reasons()).anyMatch(r -> r.rule().equals("tcb_info.validity"));
    }

    @Test
    void intel_malformedQuote_asksNothing() {
        assertThat(server().intel(new byte[5000]).get(Part.TCB_INFO)).isEmpty();
        assertThat(service.asked).isEmpty();
    }
}
