package ai.coreason.enclave.sentry.attestation.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.ListForms;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvidiaFolderTest {
    private final FakeMaker maker = new FakeMaker();

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws Exception {
        Files.write(folder.resolve("evidence.bin"), maker.report());
        Files.write(folder.resolve("cert_chain.pem"), FakeMaker.pem(FakeMaker.signed(maker.device)));
        Files.write(folder.resolve("rim.swidtag"), new FakeRim(7).signed(maker));
    }

    private Appraisal appraise(String kind) throws Exception {
        return NvidiaFolder.appraise(folder, kind, maker.anchors(), FakeMaker.AT, Optional.of(NvidiaPolicy.strict()));
    }

    @Test
    void appraise_wholeFolder_isValid() throws Exception {
        assertThat(appraise("nvidia").result()).isEqualTo(Result.VALID);
        Appraisal rim = appraise("nvidia-rim");
        assertThat(rim.result()).isEqualTo(Result.VALID);
        assertThat(rim.claims().tcb().get("version").textValue()).isEqualTo("550.90.07");
    }

    @Test
    void appraise_missingFiles_areUnjudged() throws Exception {
        Files.delete(folder.resolve("cert_chain.pem"));
        assertThat(appraise("nvidia").result()).isEqualTo(Result.UNJUDGED);
        Files.delete(folder.resolve("rim.swidtag"));
        assertThat(appraise("nvidia-rim").result()).isEqualTo(Result.UNJUDGED);
    }

    @Test
    void appraise_hugeFile_isRefusedUnread() throws Exception {
        Files.write(folder.resolve("evidence.bin"), new byte[ByteReader.MAX_EVIDENCE + 1]);
        assertThat(appraise("nvidia").reasons())
                .singleElement()
                .satisfies(r -> assertThat(r.rule()).isEqualTo("evidence.bin"));
    }

    @Test
    void appraise_manyFiles_areRefusedUnread() throws Exception {
        for (int i = 0; i < 40; i++) {
            Files.createFile(folder.resolve(i + ".xml"));
        }
        assertThat(appraise("nvidia-rim").result()).isEqualTo(Result.INVALID);
    }

    @Test
    void appraise_everyManifestInTheFolder_hasToHold() throws Exception {
        Files.write(folder.resolve("another.xml"), new byte[10]);
        assertThat(appraise("nvidia").reasons())
                .singleElement()
                .satisfies(r -> assertThat(r.rule()).isEqualTo("rim[another.xml]"));
        assertThat(appraise("nvidia-rim").result()).isEqualTo(Result.INVALID);
    }

    @Test
    void appraise_revocationList_isRead() throws Exception {
        FakeCertificate root = maker.device.get(2);
        Duration day = Duration.ofDays(1);
        byte[] list = root.list(
                        root.key,
                        FakeMaker.AT.minus(day),
                        FakeMaker.AT.plus(day),
                        maker.device.get(1).serial())
                .getEncoded();
        Files.write(folder.resolve("l1.crl"), list);
        assertThat(appraise("nvidia").reasons())
                .singleElement()
                .satisfies(r -> assertThat(r.rule()).isEqualTo("device_chain.revocation"));
        Files.delete(folder.resolve("l1.crl"));
        for (String name : new String[] {"l1.pem", "list.der", "l1.txt"}) {
            String pem = "-----BEGIN X509 CRL-----\n" + Base64.getEncoder().encodeToString(list)
                    + "\n-----END X509 CRL-----\n";
            for (byte[] file : new byte[][] {
                list,
                pem.getBytes(StandardCharsets.US_ASCII),
                HexFormat.of().formatHex(list).getBytes(StandardCharsets.US_ASCII)
            }) {
                Files.write(folder.resolve(name), file);
                assertThat(appraise("nvidia").reasons())
                        .singleElement()
                        .satisfies(r -> assertThat(r.rule()).isEqualTo("device_chain.revocation"));
            }
            Files.delete(folder.resolve(name));
        }
    }

    /** A list that cannot be read is no sign of an attack. */
    @Test
    void appraise_listThatCannotBeRead_isUnjudgedWithTheReason() throws Exception {
        for (String text : new String[] {"", "<html>503</html>", "none"}) {
            Files.writeString(folder.resolve("l1.crl"), text);
            assertThat(appraise("nvidia").result()).isEqualTo(Result.UNJUDGED);
            assertThat(appraise("nvidia").reasons())
                    .singleElement()
                    .satisfies(r -> assertThat(r.rule()).isEqualTo("l1.crl"));
        }
    }

    @Test
    void appraise_listInEveryFormAndPlace_countsOrLeavesItUnjudged() throws Exception {
        Duration day = Duration.ofDays(1);
        FakeCertificate root = maker.device.get(2);
        byte[] list = root.list(
                        root.key,
                        FakeMaker.AT.minus(day),
                        FakeMaker.AT.plus(day),
                        maker.device.get(1).serial())
                .getEncoded();
        Files.createDirectories(folder.resolve("lists"));
        for (String name : new String[] {"l1.txt", "lists/l1"}) {
            for (Map.Entry<String, byte[]> form : ListForms.read(list).entrySet()) {
                Files.write(folder.resolve(name), form.getValue());
                assertThat(appraise("nvidia").result()).as(form.getKey()).isEqualTo(Result.INVALID);
            }
            for (Map.Entry<String, byte[]> form : ListForms.told(list).entrySet()) {
                Files.write(folder.resolve(name), form.getValue());
                assertThat(appraise("nvidia").result()).as(form.getKey()).isEqualTo(Result.UNJUDGED);
                assertThat(appraise("nvidia").unused()).containsExactly(name);
            }
            Files.delete(folder.resolve(name));
        }
        String chain = new String(FakeMaker.pem(FakeMaker.signed(maker.device)), StandardCharsets.US_ASCII);
        Files.writeString(folder.resolve("cert_chain.pem"), chain + ListForms.pem(list));
        assertThat(appraise("nvidia").result()).isEqualTo(Result.INVALID);
    }

    @Test
    void appraise_otherKind_isACallersError() {
        assertThatThrownBy(() -> appraise("snp")).isInstanceOf(IllegalArgumentException.class);
    }
}
