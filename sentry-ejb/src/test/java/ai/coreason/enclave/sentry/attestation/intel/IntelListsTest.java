package ai.coreason.enclave.sentry.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.ListForms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Revocation lists of Intel beside genuine evidence, in the forms that sites have them in. */
class IntelListsTest {
    @TempDir
    private Path folder;

    private FakeQuote write(TeeType tee) throws Exception {
        FakeQuote made = new FakeQuote(tee);
        Collateral collateral = made.collateral();
        Files.write(folder.resolve("quote.bin"), made.quote());
        for (Collateral.Part part : Collateral.Part.values()) {
            if (collateral.get(part).isPresent()) {
                Files.write(folder.resolve(part.file()), collateral.get(part).get());
            }
        }
        return made;
    }

    private Appraisal appraise(FakeQuote made) throws Exception {
        String kind = made.tee.name().toLowerCase(java.util.Locale.ROOT);
        return IntelFolder.appraise(folder, kind, made.anchors(), made.at, Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(TeeType.class)
    void appraise_formThatIsRead_counts(TeeType tee) throws Exception {
        FakeQuote made = write(tee);
        byte[] list = made.collateral().get(Collateral.Part.ROOT_CRL).orElseThrow();
        for (Map.Entry<String, byte[]> form : ListForms.read(list).entrySet()) {
            Files.write(folder.resolve("root_ca_crl.der"), form.getValue());
            assertThat(appraise(made).reasons()).as(form.getKey()).isEmpty();
            assertThat(appraise(made).unused()).as(form.getKey()).isEmpty();
        }
    }

    /** A list that cannot be read is no sign of an attack. */
    @ParameterizedTest
    @EnumSource(TeeType.class)
    void appraise_listThatCannotBeRead_isUnjudgedWithTheReason(TeeType tee) throws Exception {
        FakeQuote made = write(tee);
        for (String name : new String[] {"root_ca_crl.der", "pck_crl.der"}) {
            byte[] list = Files.readAllBytes(folder.resolve(name));
            for (String text : new String[] {"", "<html>503</html>", "none"}) {
                Files.writeString(folder.resolve(name), text, StandardCharsets.US_ASCII);
                assertThat(appraise(made).result()).as(text).isEqualTo(Result.UNJUDGED);
                assertThat(appraise(made).reasons())
                        .singleElement()
                        .satisfies(r -> assertThat(r.rule()).isEqualTo(name));
            }
            restore(name, list);
        }
        assertThat(appraise(made).result()).isEqualTo(Result.VALID);
    }

    private void restore(String name, byte[] list) throws IOException {
        Files.write(folder.resolve(name), list);
    }
}
