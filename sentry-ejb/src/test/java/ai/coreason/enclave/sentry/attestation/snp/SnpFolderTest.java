package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The folders that evidence comes in: what is missing, too large or wrapped wrongly. */
class SnpFolderTest {
    private static final String VCEK = SnpTable.VCEK;
    private static final String VLEK = SnpTable.VLEK;
    private static final String ASK = SnpTable.ASK;
    private static final String ARK = SnpTable.ARK;
    private static final String CRL = "92f81bc358114d3d97ffd19f88dc67ea";
    private static final SnpCase GOOD = SnpCase.milan();

    @TempDir
    Path folder;

    private void put(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), bytes);
    }

    private Appraisal appraise(String kind) throws IOException {
        return SnpFolder.appraise(folder, kind, SnpPki.anchors(), SnpPki.NOW, Optional.of(SnpPolicy.strict()));
    }

    private void putAll() throws IOException {
        put("report.bin", GOOD.reportBytes());
        put("vek.der", GOOD.vekDer());
        put("chain.pem", GOOD.defaultChain());
    }

    @Test
    void appraise_wholeFolder_isValidAndCountsAListThatIsThere() throws Exception {
        putAll();
        assertThat(appraise("snp").result()).isEqualTo(Result.VALID);
        put("crl.der", SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> SnpPki.revoke(b, 65537)));
        assertThat(appraise("snp").result()).isEqualTo(Result.INVALID);
    }

    @Test
    void appraise_missingCertificates_couldNotBeJudged() throws Exception {
        putAll();
        Files.delete(folder.resolve("chain.pem"));
        assertThat(appraise("snp").result()).isEqualTo(Result.UNJUDGED);
        assertThat(appraise("snp").claims().measurement()).startsWith("1112");
        Files.delete(folder.resolve("vek.der"));
        assertThat(appraise("snp").result()).isEqualTo(Result.UNJUDGED);
        put("report.bin", new byte[SnpReport.BYTES]);
        assertThat(appraise("snp").result()).isEqualTo(Result.INVALID);
        Files.delete(folder.resolve("report.bin"));
        assertThat(appraise("snp").result()).isEqualTo(Result.UNJUDGED);
        assertThat(appraise("snp").reasons())
                .singleElement()
                .hasToString("report.bin: expected a file in the folder, got none");
        assertThat(appraise("snp-azure-vtpm").result()).isEqualTo(Result.UNJUDGED);
        assertThat(appraise("snp-configfs-tsm").result()).isEqualTo(Result.UNJUDGED);
    }

    /** A list that revokes the ASK, in every form and under every name: it counts, or nothing is valid. */
    @ParameterizedTest
    @ValueSource(strings = {"crl.der", "crl.pem", "crl.hex", "crl", "milan.crl", "list.txt"})
    void appraise_listInEveryForm_counts(String name) throws Exception {
        putAll();
        byte[] der = SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> SnpPki.revoke(b, 65537));
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        String hex = HexFormat.of().formatHex(der);
        for (byte[] file : new byte[][] {
            der,
            ("-----BEGIN X509 CRL-----\n" + base64 + "\n-----END X509 CRL-----\n").getBytes(StandardCharsets.US_ASCII),
            hex.getBytes(StandardCharsets.US_ASCII),
            (hex.toUpperCase(Locale.ROOT) + "\r\n").getBytes(StandardCharsets.US_ASCII)
        }) {
            put(name, file);
            assertThat(appraise("snp").result()).isEqualTo(Result.INVALID);
            assertThat(appraise("snp").unused()).isEmpty();
        }
    }

    @Test
    void appraise_listsBesideTheOneThatCounts_leaveNothingValidUnderAPolicy() throws Exception {
        putAll();
        byte[] good = SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> {});
        put("crl.der", good);
        put("same.crl", HexFormat.of().formatHex(good).getBytes(StandardCharsets.US_ASCII));
        put("notes.txt", new byte[] {1});
        assertThat(appraise("snp").result()).isEqualTo(Result.VALID);
        assertThat(appraise("snp").unused()).containsExactly("notes.txt");

        put("another.der", SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> SnpPki.revoke(b, 65537)));
        assertThat(appraise("snp").result()).isEqualTo(Result.UNJUDGED);
        assertThat(appraise("snp").reasons())
                .singleElement()
                .hasToString("another.der: expected a revocation list that can be judged, got one that was not used");
        Appraisal genuine = SnpFolder.appraise(folder, "snp", SnpPki.anchors(), SnpPki.NOW, Optional.empty());
        assertThat(genuine.result()).isEqualTo(Result.VALID);
        assertThat(genuine.unused()).containsExactly("another.der", "notes.txt");
    }

    /** What might be a list and cannot be read as one is told, and never passed over under a policy. */
    @Test
    void appraise_fileThatMightBeAList_leavesNothingValidUnderAPolicy() throws Exception {
        putAll();
        byte[] der = SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> {});
        for (byte[] file : new byte[][] {{1}, {}, Arrays.copyOf(der, der.length - 1), new byte[(1 << 20) + 1]}) {
            put("my-crls.bin", file);
            assertThat(appraise("snp").result()).isEqualTo(Result.UNJUDGED);
        }
        Files.delete(folder.resolve("my-crls.bin"));
        put("big.bin", Arrays.copyOf(der, (1 << 20) + 1));
        assertThat(appraise("snp").result()).isEqualTo(Result.UNJUDGED);
        put("big.bin", new byte[(1 << 20) + 1]);
        assertThat(appraise("snp").result()).isEqualTo(Result.VALID);
    }

    @Test
    void appraise_fileOverOneMebibyte_isRefusedWhicheverItIs() throws Exception {
        for (String name : new String[] {"report.bin", "vek.der", "chain.pem", "crl.der"}) {
            putAll();
            put(name, new byte[(1 << 20) + 1]);
            assertThat(appraise("snp").reasons())
                    .singleElement()
                    .satisfies(r -> assertThat(r.rule()).startsWith(name));
        }
    }

    @Test
    void appraise_otherKind_isACallersError() {
        assertThatThrownBy(() -> appraise("tdx")).isInstanceOf(IllegalArgumentException.class);
    }

    private static Map<String, byte[]> entries() {
        Map<String, byte[]> out = new LinkedHashMap<>();
        byte[][] chain = {SnpPki.ask(SnpProduct.MILAN).der(), SnpPki.arkDer(SnpProduct.MILAN)};
        out.put(ARK, chain[1]);
        out.put(ASK, SnpPki.pem(chain[0]));
        out.put(VCEK, GOOD.vekDer());
        return out;
    }

    /** A table, and a change to its bytes. */
    private static byte[] table(Map<String, byte[]> entries, Consumer<ByteBuffer> change) {
        byte[] bytes = SnpTable.of(entries);
        change.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        return bytes;
    }

    private Appraisal tsm(byte[] auxblob) throws IOException {
        put("provider", "sev_guest\n".getBytes(StandardCharsets.US_ASCII));
        put("outblob", GOOD.reportBytes());
        put("auxblob", auxblob);
        return appraise("snp-configfs-tsm");
    }

    @Test
    void appraise_configfsTsm_isValidWithItsTable() throws Exception {
        assertThat(tsm(table(entries(), b -> {})).reasons()).isEmpty();
        Map<String, byte[]> more = entries();
        more.put("00112233445566778899aabbccddeeff", new byte[] {1});
        assertThat(tsm(table(more, b -> {})).reasons()).isEmpty();
        more.put(CRL, SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> {}));
        assertThat(tsm(table(more, b -> {})).reasons()).isEmpty();
        assertThat(tsm(table(more, b -> {})).unused()).isEmpty();
        more.put(CRL, new byte[] {1});
        assertThat(tsm(table(more, b -> {})).result()).isEqualTo(Result.UNJUDGED);
        assertThat(tsm(table(more, b -> {})).reasons())
                .singleElement()
                .satisfies(r -> assertThat(r.rule()).isEqualTo("auxblob"));
        more.put(CRL, SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> SnpPki.revoke(b, 65537)));
        assertThat(tsm(table(more, b -> {})).result()).isEqualTo(Result.INVALID);
    }

    @Test
    void appraise_configfsTsmWithoutTable_couldNotBeJudged() throws Exception {
        assertThat(tsm(new byte[0]).result()).isEqualTo(Result.UNJUDGED);
        Files.delete(folder.resolve("auxblob"));
        assertThat(appraise("snp-configfs-tsm").result()).isEqualTo(Result.UNJUDGED);
        assertThat(tsm(new byte[24]).result()).isEqualTo(Result.UNJUDGED);
        put("outblob", new byte[0]);
        assertThat(appraise("snp-configfs-tsm").result()).isEqualTo(Result.INVALID);
        put("provider", "tdx_guest".getBytes(StandardCharsets.US_ASCII));
        assertThat(appraise("snp-configfs-tsm").reasons().get(0).rule()).startsWith("provider");
    }

    @Test
    void appraise_tableThatPointsWrongly_isRefused() throws Exception {
        int end = table(entries(), b -> {}).length;
        Map<String, Consumer<ByteBuffer>> faults = new LinkedHashMap<>();
        faults.put("past the end", b -> b.putInt(20, end));
        faults.put("length as if negative", b -> b.putInt(20, -1));
        faults.put("offset as if negative", b -> b.putInt(16, -8));
        faults.put("sum wraps", b -> b.putInt(16, -1).putInt(20, 2));
        faults.put("into the table", b -> b.putInt(16, 95));
        faults.put("no bytes", b -> b.putInt(20, 0));
        faults.put("overlap", b -> b.putInt(20, b.getInt(20) + 1));
        faults.put("twice", b -> b.put(24, HexFormat.of().parseHex(ARK)));
        faults.put("end not zero", b -> b.putInt(24 * 3 + 16, 1));
        for (Map.Entry<String, Consumer<ByteBuffer>> fault : faults.entrySet()) {
            assertThat(tsm(table(entries(), fault.getValue())).reasons())
                    .describedAs(fault.getKey())
                    .singleElement()
                    .satisfies(r -> assertThat(r.rule()).startsWith("auxblob"));
        }
        byte[] endless = new byte[24 * 40];
        Arrays.fill(endless, (byte) 7);
        assertThat(tsm(endless).result()).isEqualTo(Result.INVALID);
        assertThat(tsm(Arrays.copyOf(table(entries(), b -> {}), 24 * 3)).result())
                .isEqualTo(Result.INVALID);
    }

    @Test
    void appraise_keyUnderTheOtherKindsGuid_isRefused() throws Exception {
        Map<String, byte[]> other = entries();
        other.put(VLEK, other.remove(VCEK));
        assertThat(tsm(table(other, b -> {})).reasons())
                .singleElement()
                .satisfies(r -> assertThat(r.rule()).isEqualTo("auxblob.vek"));
    }

    private static final byte[] RUNTIME =
            "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\"}]}".getBytes(StandardCharsets.US_ASCII);

    private static byte[] hcl(byte[] runtime, Consumer<ByteBuffer> report, Consumer<ByteBuffer> change)
            throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(runtime);
        byte[] bound = Arrays.copyOf(digest, 64);
        ByteBuffer out = ByteBuffer.allocate(32 + SnpReport.BYTES + 20 + runtime.length + 50)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put("HCLA".getBytes(StandardCharsets.US_ASCII)).putInt(1);
        out.putInt(32 + SnpReport.BYTES + 20 + runtime.length).putInt(2);
        out.position(32);
        out.put(SnpPki.report(SnpKey.VCEK, SnpProduct.MILAN, r -> {
            r.put(0x50, bound);
            report.accept(r);
        }));
        out.putInt(20 + runtime.length)
                .putInt(1)
                .putInt(2)
                .putInt(1)
                .putInt(runtime.length)
                .put(runtime);
        change.accept(out);
        return out.array();
    }

    private Appraisal azure(byte[] hcl) throws IOException {
        putAll();
        put("hcl_report.bin", hcl);
        return appraise("snp-azure-vtpm");
    }

    @Test
    void appraise_azure_isValidWithItsRuntimeData() throws Exception {
        assertThat(azure(hcl(RUNTIME, r -> {}, b -> {})).reasons()).isEmpty();
        put("runtime_data.json", RUNTIME);
        assertThat(appraise("snp-azure-vtpm").reasons()).isEmpty();
        put("runtime_data.json", new byte[] {'{', '}'});
        assertThat(appraise("snp-azure-vtpm").reasons())
                .singleElement()
                .satisfies(r -> assertThat(r.rule()).isEqualTo("runtime_data.json"));
    }

    @Test
    void appraise_azureEnvelopeOfAnotherForm_isRefused() throws Exception {
        int data = 32 + SnpReport.BYTES;
        Map<String, Consumer<ByteBuffer>> faults = new LinkedHashMap<>();
        faults.put("magic", b -> b.put(0, (byte) 'h'));
        faults.put("version", b -> b.putInt(4, 3));
        faults.put("size", b -> b.putInt(8, 5));
        faults.put("request type", b -> b.putInt(12, 1));
        faults.put("status", b -> b.putInt(16, 1));
        faults.put("header", b -> b.put(31, (byte) 1));
        faults.put("data size", b -> b.putInt(data, b.getInt(data) + 1));
        faults.put("data version", b -> b.putInt(data + 4, 3));
        faults.put("report type", b -> b.putInt(data + 8, 4));
        faults.put("hash type", b -> b.putInt(data + 12, 2));
        faults.put("runtime size", b -> b.putInt(data + 16, -1));
        faults.put("padding", b -> b.put(b.capacity() - 1, (byte) 1));
        for (Map.Entry<String, Consumer<ByteBuffer>> fault : faults.entrySet()) {
            assertThat(azure(hcl(RUNTIME, r -> {}, fault.getValue())).reasons())
                    .describedAs(fault.getKey())
                    .singleElement()
                    .satisfies(r -> assertThat(r.rule()).startsWith("hcl_report"));
        }
    }

    @Test
    void appraise_azureBoundToOtherData_isRefused() throws Exception {
        assertThat(azure(hcl(RUNTIME, r -> r.put(0x50 + 63, (byte) 1), b -> {})).reasons())
                .singleElement()
                .satisfies(r -> assertThat(r.rule()).isEqualTo("report_data"));
        int at = 32 + SnpReport.BYTES + 20;
        assertThat(azure(hcl(RUNTIME, r -> {}, b -> b.put(at + 12, (byte) 'q'))).reasons())
                .anySatisfy(r -> assertThat(r.rule()).isEqualTo("report_data"));
        for (String other : new String[] {"{}", "nonsense", "{\"keys\":[{\"kid\":\"HCLEkPub\",\"kty\":\"RSA\"}]}"}) {
            assertThat(azure(hcl(other.getBytes(StandardCharsets.US_ASCII), r -> {}, b -> {}))
                            .reasons())
                    .singleElement()
                    .satisfies(r -> assertThat(r.rule()).isEqualTo("runtime_data.keys"));
        }
    }
}
