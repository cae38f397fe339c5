package ai.coreason.enclave.sentry.attestation.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes.GuestQuote;
import ai.coreason.enclave.sentry.attestation.intel.FakeQuote;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.SnpPki;
import ai.coreason.enclave.sentry.attestation.snp.SnpProduct;
import ai.coreason.enclave.sentry.attestation.snp.SnpReport;
import ai.coreason.enclave.sentry.attestation.snp.SnpTable;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TsmReportsTest {
    private static final byte[] NONE = {};
    private static final byte[] ASKED = bytes(64, 7);

    @TempDir
    Path root;

    @Test
    void quote_sevGuest_isTheReportOverTheReportDataWithItsCertificates() throws Exception {
        byte[] auxblob = SnpTable.of(SnpKey.VCEK, SnpProduct.MILAN);
        try (FakeTsm tsm = new FakeTsm(root, "sev_guest", TsmReportsTest::report, auxblob)) {
            GuestQuote quote = new TsmReports(root).quote(ASKED);

            assertThat(quote.type()).isEqualTo(HardwareType.AMD_SEV_SNP);
            assertThat(SnpReport.parse(quote.quote()).reportData()).isEqualTo(ASKED);
            assertThat(quote.certificates()).isEqualTo(auxblob);
            assertThat(tsm.generation()).isEqualTo(1);
        }
    }

    @Test
    void quote_tdxGuest_isTheQuoteOverTheReportData() throws Exception {
        try (FakeTsm tsm = new FakeTsm(root, "tdx_guest", TsmReportsTest::tdxQuote, NONE)) {
            GuestQuote quote = new TsmReports(root).quote(ASKED);

            assertThat(quote.type()).isEqualTo(HardwareType.INTEL_TDX);
            assertThat(quote.certificates()).isEmpty();
            assertThat(tsm.generation()).isEqualTo(1);
        }
    }

    @Test
    void quote_leftOverEntryAgainAndAgain_isFreshEachTime() throws Exception {
        try (FakeTsm tsm = new FakeTsm(root, "sev_guest", TsmReportsTest::report, NONE)) {
            TsmReports reports = new TsmReports(root);
            for (int i = 1; i <= 3; i++) {
                byte[] asked = bytes(64, i);
                assertThat(SnpReport.parse(reports.quote(asked).quote()).reportData())
                        .isEqualTo(asked);
                assertThat(tsm.generation()).isEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1183, 1185, 24 << 10, (24 << 10) + 1, 200_000})
    void quote_outblobOfWrongLength_isRefusedByFile(int length) throws Exception {
        Function<byte[], byte[]> cut = asked -> Arrays.copyOf(report(asked), length);
        try (FakeTsm tsm = new FakeTsm(root, "sev_guest", cut, NONE)) {
            String expected = length == 0
                    ? "expected a quote, got no bytes"
                    : length > 24 << 10
                            ? "expected at most 24576 bytes, got more"
                            : "expected 1184 bytes, got " + length;
            refused(new TsmReports(root), "outblob", expected);
            assertThat(tsm.generation()).isEqualTo(1);
        }
    }

    @Test
    void quote_partialTdxQuote_isRefusedByFile() throws Exception {
        Function<byte[], byte[]> cut = asked -> Arrays.copyOf(tdxQuote(asked), 700);
        try (FakeTsm tsm = new FakeTsm(root, "tdx_guest", cut, NONE)) {
            refused(new TsmReports(root), "outblob", "quote at offset ");
            assertThat(tsm.generation()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sev_guest", "tdx_guest"})
    void quote_staleOutblob_isRefused(String provider) throws Exception {
        byte[] earlier = bytes(64, 6);
        byte[] stale = provider.equals("sev_guest") ? report(earlier) : tdxQuote(earlier);
        try (FakeTsm tsm = new FakeTsm(root, provider, asked -> stale, NONE)) {
            refused(
                    new TsmReports(root),
                    "outblob",
                    "expected a quote over the report data that was asked for, got one over other bytes");
            assertThat(tsm.generation()).isEqualTo(1);
        }
    }

    @Test
    void quote_enclavesQuoteFromTdxGuest_isRefused() throws Exception {
        byte[] sgx = new FakeQuote(TeeType.SGX).quote();
        try (FakeTsm tsm = new FakeTsm(root, "tdx_guest", asked -> sgx, NONE)) {
            refused(new TsmReports(root), "outblob", "quote.tee_type: expected TDX, got SGX");
            assertThat(tsm.generation()).isEqualTo(1);
        }
    }

    @Test
    void quote_tooManyCertificates_isRefusedByFile() throws Exception {
        try (FakeTsm tsm = new FakeTsm(root, "sev_guest", TsmReportsTest::report, new byte[(64 << 10) + 1])) {
            refused(new TsmReports(root), "auxblob", "expected at most 65536 bytes, got more");
            assertThat(tsm.generation()).isEqualTo(1);
        }
    }

    @Test
    void quote_unknownProvider_isRefusedByNameBeforeAnythingIsWritten() throws Exception {
        try (FakeTsm tsm = new FakeTsm(root, "arm_cca_guest", TsmReportsTest::report, NONE)) {
            refused(new TsmReports(root), "provider", "expected sev_guest or tdx_guest, got arm_cca_guest");
            assertThat(tsm.generation()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"provider", "generation", "inblob", "outblob"})
    void quote_withoutAttribute_isRefusedByFile(String missing) throws Exception {
        plainEntry(report(ASKED));
        Files.delete(root.resolve("coreason/" + missing));

        refused(new TsmReports(root), missing, "got none");
        assertThat(root.resolve("coreason/" + missing)).doesNotExist();
    }

    @Test
    void quote_noEntry_makesIt() {
        refused(new TsmReports(root), "provider", "expected a file that can be read, got none");

        assertThat(root.resolve("coreason")).isDirectory();
    }

    @Test
    void quote_noInterface_isRefusedByFolder() {
        TsmReports reports = new TsmReports(root.resolve("absent"));

        assertThatThrownBy(() -> reports.quote(ASKED))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(root.resolve("absent/coreason") + ": expected a folder that can be made there");
    }

    @Test
    void quote_generationThatDoesNotMove_isTriedAgainAndRefused() throws Exception {
        plainEntry(report(ASKED));

        refused(new TsmReports(root), "generation", "expected 1, got 0: others write to this entry; tried 5 times");
    }

    @Test
    void quote_disturbedOnce_isTriedAgain() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        AtomicInteger disturbances = new AtomicInteger(1);
        Function<byte[], byte[]> disturbed = asked -> {
            calls.incrementAndGet();
            return report(asked);
        };
        try (FakeTsm tsm = new FakeTsm(root, "sev_guest", disturbed, NONE, () -> disturbances.getAndSet(0))) {
            assertThat(new TsmReports(root).quote(ASKED).type()).isEqualTo(HardwareType.AMD_SEV_SNP);
            assertThat(calls).hasValue(2);
            assertThat(tsm.generation()).isEqualTo(3);
        }
    }

    @Test
    void quote_generationThatIsNoNumber_isRefusedByFile() throws Exception {
        plainEntry(report(ASKED));
        Files.writeString(root.resolve("coreason/generation"), "many");

        refused(new TsmReports(root), "generation", "expected a whole number, got many");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    void quote_privilegeLevelsFloor_isWhatIsAskedFor(String floor) throws Exception {
        plainEntry(report(ASKED));
        Files.writeString(root.resolve("coreason/privlevel"), "9");
        Files.writeString(root.resolve("coreason/privlevel_floor"), floor + "\n");

        refused(new TsmReports(root), "generation", "expected 2, got 0");
        assertThat(root.resolve("coreason/privlevel")).hasContent(floor);
    }

    @Test
    void quote_privilegeFloorThatIsNoLevel_isRefusedByFile() throws Exception {
        plainEntry(report(ASKED));
        Files.writeString(root.resolve("coreason/privlevel"), "9");
        Files.writeString(root.resolve("coreason/privlevel_floor"), "7");

        refused(new TsmReports(root), "privlevel_floor", "expected a level in [0, 3], got 7");
    }

    @Test
    void quote_nobodyReadsInblob_endsAtTheLimitAndTheNextWaitsForIt() throws Exception {
        plainEntry(report(ASKED));
        Path inblob = root.resolve("coreason/inblob");
        Files.delete(inblob);
        FakeTsm.pipe(inblob);
        TsmReports reports = new TsmReports(root, Duration.ofMillis(300));

        refused(reports, "inblob", "expected an answer within 300 ms, got none");
        refused(reports, "inblob", "expected an answer within 300 ms, got none");
        assertThat(Files.newInputStream(inblob)).hasBinaryContent(ASKED);
    }

    @Test
    void quote_nobodyWritesOutblob_endsAtTheLimit() throws Exception {
        plainEntry(report(ASKED));
        Path outblob = root.resolve("coreason/outblob");
        Files.delete(outblob);
        FakeTsm.pipe(outblob);

        refused(new TsmReports(root, Duration.ofMillis(300)), "outblob", "expected an answer within 300 ms, got none");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 63, 65})
    void quote_reportDataOfWrongLength_isRefused(int length) {
        assertThatThrownBy(() -> new TsmReports(root).quote(new byte[length]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("report data: expected 64 bytes, got " + length);
    }

    private void refused(TsmReports reports, String file, String message) {
        assertThatThrownBy(() -> reports.quote(ASKED))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(root.resolve("coreason/" + file) + ": ")
                .hasMessageContaining(message);
    }

    /** An entry of ordinary files, where nothing counts what is written. */
    private void plainEntry(byte[] outblob) throws IOException {
        Path entry = Files.createDirectories(root.resolve("coreason"));
        Files.writeString(entry.resolve("provider"), "sev_guest\n");
        Files.writeString(entry.resolve("generation"), "0\n");
        Files.write(entry.resolve("inblob"), NONE);
        Files.write(entry.resolve("outblob"), outblob);
    }

    private static byte[] report(byte[] reportData) {
        return SnpPki.report(SnpKey.VCEK, SnpProduct.MILAN, r -> r.put(0x50, reportData));
    }

    private static byte[] tdxQuote(byte[] reportData) {
        try {
            FakeQuote quote = new FakeQuote(TeeType.TDX);
            quote.body(520, HexFormat.of().formatHex(reportData));
            return quote.quote();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(int length, int value) {
        byte[] out = new byte[length];
        Arrays.fill(out, (byte) value);
        return out;
    }
}
