package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.ListForms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Revocation lists beside genuine evidence, in every form and place: they count, or nothing is valid under a policy. */
class SnpListsTest {
    private final byte[] good = SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> {});
    private final byte[] revoking = SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> SnpPki.revoke(b, 65537));

    @TempDir
    private Path folder;

    @BeforeEach
    void evidence() throws IOException {
        SnpCase genuine = SnpCase.milan();
        put("report.bin", genuine.reportBytes());
        put("vek.der", genuine.vekDer());
        put("chain.pem", genuine.defaultChain());
    }

    private void put(String name, byte[] bytes) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.write(folder.resolve(name), bytes);
    }

    private Appraisal strict() {
        return SnpFolder.appraise(folder, "snp", SnpPki.anchors(), SnpPki.NOW, Optional.of(SnpPolicy.strict()));
    }

    private Appraisal genuine() {
        return SnpFolder.appraise(folder, "snp", SnpPki.anchors(), SnpPki.NOW, Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"crl.der", "ark-revoked.txt", "lists/ark"})
    void appraise_formThatIsRead_counts(String name) throws Exception {
        for (Map.Entry<String, byte[]> form : ListForms.read(revoking).entrySet()) {
            put(name, form.getValue());
            assertThat(strict().result()).as(form.getKey()).isEqualTo(Result.INVALID);
            assertThat(strict().unused()).as(form.getKey()).isEmpty();
        }
        for (Map.Entry<String, byte[]> form : ListForms.read(good).entrySet()) {
            put(name, form.getValue());
            assertThat(strict().reasons()).as(form.getKey()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ark-revoked.txt", "lists/ark"})
    void appraise_formThatIsNotRead_isNamedAndNeverValidUnderAPolicy(String name) throws Exception {
        for (Map.Entry<String, byte[]> form : ListForms.told(revoking).entrySet()) {
            put(name, form.getValue());
            assertThat(strict().result()).as(form.getKey()).isEqualTo(Result.UNJUDGED);
            assertThat(strict().reasons())
                    .as(form.getKey())
                    .singleElement()
                    .satisfies(r -> assertThat(r.rule()).isEqualTo(name));
            assertThat(strict().unused()).as(form.getKey()).containsExactly(name);
            assertThat(genuine().result()).as(form.getKey()).isEqualTo(Result.VALID);
            assertThat(genuine().unused()).as(form.getKey()).containsExactly(name);
        }
    }

    /** A list that cannot be read is no sign of an attack. */
    @ParameterizedTest
    @ValueSource(strings = {"crl.der", "crl.pem", "crl.der.gz"})
    void appraise_listThatCannotBeRead_isUnjudgedWithTheReason(String name) throws Exception {
        Map<String, String> files = Map.of(
                "",
                "an empty file",
                "<html><body>503 Service Unavailable</body></html>",
                "a page of HTML or XML",
                "none",
                "something else",
                ListForms.pem(good) + ListForms.pem(revoking),
                "2 lists");
        for (Map.Entry<String, String> file : files.entrySet()) {
            put(name, file.getKey().getBytes(StandardCharsets.US_ASCII));
            for (Appraisal appraisal : new Appraisal[] {genuine(), strict()}) {
                assertThat(appraisal.result()).isEqualTo(Result.UNJUDGED);
                assertThat(appraisal.unused()).containsExactly(name);
                assertThat(appraisal.reasons())
                        .singleElement()
                        .hasToString(name + ": expected a revocation list in DER, PEM, hexadecimal text or Base64, got "
                                + file.getValue());
            }
        }
        put("report.bin", new byte[] {1});
        assertThat(strict().result()).isEqualTo(Result.INVALID);
    }

    @Test
    void appraise_listBehindTheChain_countsOrIsNamed() throws Exception {
        String chain = new String(SnpCase.milan().defaultChain(), StandardCharsets.US_ASCII);
        put("chain.pem", (chain + ListForms.pem(revoking)).getBytes(StandardCharsets.US_ASCII));
        assertThat(strict().result()).isEqualTo(Result.INVALID);

        put("crl.der", good);
        assertThat(strict().result()).isEqualTo(Result.UNJUDGED);
        assertThat(strict().unused()).containsExactly("chain.pem: revocation lists");

        put("chain.pem", (chain + ListForms.pem(good)).getBytes(StandardCharsets.US_ASCII));
        assertThat(strict().result()).isEqualTo(Result.VALID);
        assertThat(strict().unused()).isEmpty();

        put("chain.pem", (chain + HexFormat.of().formatHex(revoking)).getBytes(StandardCharsets.US_ASCII));
        assertThat(strict().unused()).containsExactly("chain.pem: revocation lists");
        put("chain.pem", (chain + "-----BEGIN X509 CRL-----\nMIIB").getBytes(StandardCharsets.US_ASCII));
        assertThat(strict().result()).isEqualTo(Result.UNJUDGED);
        assertThat(genuine().unused()).containsExactly("chain.pem: revocation lists");
    }

    @Test
    void appraise_linkThatLeadsNowhere_isNamedAndNotValid() throws Exception {
        Files.createSymbolicLink(folder.resolve("list"), folder.resolve("none"));
        assertThat(strict().result()).isEqualTo(Result.UNJUDGED);
        assertThat(strict().unused()).containsExactly("list");
        Files.move(folder.resolve("list"), folder.resolve("crl.der"));
        assertThat(strict().reasons()).singleElement().asString().endsWith("got what cannot be read");
        assertThat(genuine().result()).isEqualTo(Result.UNJUDGED);
    }

    @Test
    void appraise_linkToAFolder_isNamedUnlessItIsInThisOne(@TempDir Path outside) throws Exception {
        put("now/crl.der", good);
        Files.createSymbolicLink(folder.resolve("data"), folder.resolve("now"));
        Files.createSymbolicLink(folder.resolve("crl.der"), Path.of("data", "crl.der"));
        assertThat(strict().reasons()).isEmpty();
        assertThat(strict().unused()).isEmpty();
        Files.createSymbolicLink(folder.resolve("more"), outside);
        assertThat(strict().result()).isEqualTo(Result.UNJUDGED);
        assertThat(strict().unused()).containsExactly("more");
    }

    @Test
    void appraise_otherFiles_areNamedAndLeaveItValid() throws Exception {
        put(
                "notes/readme.txt",
                "What came from the machine, and its certificates.".getBytes(StandardCharsets.US_ASCII));
        put("ask.der", SnpPki.ask(SnpProduct.MILAN).der());
        put("all.pem", SnpCase.milan().defaultChain());
        put("expected.json", "{\"verdict\": \"VALID\"}".getBytes(StandardCharsets.US_ASCII));
        assertThat(strict().reasons()).isEmpty();
        assertThat(strict().unused()).containsExactly("all.pem", "ask.der", "expected.json", "notes/readme.txt");
    }

    /** Of what is too long to be read as a whole, no part is. */
    @Test
    void appraise_listsOfOverOneMebibyte_areNotReadInPart() throws Exception {
        String text = ListForms.pem(good) + " ".repeat(1 << 20) + ListForms.pem(revoking);
        put("crl.pem", text.getBytes(StandardCharsets.US_ASCII));
        assertThat(genuine().reasons()).singleElement().asString().endsWith("got more than 1048576 bytes");
        Files.move(folder.resolve("crl.pem"), folder.resolve("lists.pem"));
        assertThat(strict().result()).isEqualTo(Result.UNJUDGED);
        assertThat(strict().unused()).containsExactly("lists.pem");
    }

    @Test
    void appraise_moreFilesThanAreLookedAt_isUnjudged() throws Exception {
        for (int i = 0; i < 1000; i++) {
            Files.createFile(folder.resolve(i + ".txt"));
        }
        assertThat(genuine().result()).isEqualTo(Result.UNJUDGED);
        assertThat(genuine().reasons()).singleElement().asString().startsWith("folder: expected at most 1000 files");
    }
}
