package ai.coreason.enclave.sentry.attestation.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RimLabelTest {
    private static final RimLabel OWN = new RimLabel("GH100", "550.90.07");
    private static final String META =
            "<SoftwareIdentity xmlns='http://standards.iso.org/iso/19770/-2/2015/schema.xsd'>"
                    + "<Meta product='GH100' colloquialVersion='550.90.07'/></SoftwareIdentity>";

    private static Optional<RimLabel> of(String xml) {
        return RimLabel.of(xml.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void of_manifest_isItsChipAndVersion() throws Exception {
        assertThat(RimLabel.of(new FakeRim(7).signed(new FakeMaker()))).hasValue(OWN);
    }

    /** What chooses and what verifies have to read the same. */
    @Test
    void of_eachPublishedManifest_isWhatTheVerifierReads() throws Exception {
        RimParser parser = new RimParser(Anchors.builtIn(), Instant.parse("2026-03-01T00:00:00Z"));
        int compared = 0;
        for (Path file : manifests()) {
            byte[] xml = Files.readAllBytes(file);
            for (Rim rim : parser.read("m", xml).rims()) {
                assertThat(RimLabel.of(xml)).hasValue(new RimLabel(rim.product(), rim.version()));
                compared++;
            }
        }
        assertThat(compared).isPositive();
    }

    private static List<Path> manifests() throws IOException {
        try (Stream<Path> all = Files.walk(SharedData.file("vectors/attestation"))) {
            return all.filter(f -> f.toString().matches(".*/nvidia[^/]*/[^/]*/[^/]*\\.(swidtag|xml)"))
                    .toList();
        }
    }

    @Test
    void of_truncatedAnywhere_isTheSameOrNone() {
        byte[] whole = META.getBytes(StandardCharsets.UTF_8);
        int end = META.indexOf("</SoftwareIdentity>");
        for (int i = 0; i < whole.length; i++) {
            Optional<RimLabel> came = RimLabel.of(Arrays.copyOf(whole, i));
            assertThat(came).as("%d bytes", i).isEqualTo(i < end ? Optional.empty() : Optional.of(OWN));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no XML",
                "<a/>",
                "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>",
                "<!DOCTYPE SoftwareIdentity SYSTEM 'file:///etc/passwd'><SoftwareIdentity/>"
            })
    void of_noManifest_isNone(String xml) {
        assertThat(of(xml)).isEmpty();
    }

    @Test
    void of_documentTypeOrEntityBeforeIt_isNone() {
        assertThat(of("<!DOCTYPE SoftwareIdentity [<!ENTITY x 'GH100'>]>" + META.replace("'GH100'", "'&x;'")))
                .isEmpty();
        assertThat(of("<!DOCTYPE SoftwareIdentity>" + META)).isEmpty();
        assertThat(of(META.replace("'GH100'", "'&x;'"))).isEmpty();
    }

    @Test
    void of_metaElsewhereOrOfAnotherSpace_isNone() {
        assertThat(of(META.replace("<Meta", "<a><Meta").replace("'/>", "'/></a>")))
                .isEmpty();
        assertThat(of(META.replace("/iso/19770/", "/iso/19771/"))).isEmpty();
    }

    @Test
    void of_attributesMissing_areEmpty() {
        assertThat(of(META.replace("product='GH100' ", ""))).hasValue(new RimLabel("", "550.90.07"));
        assertThat(of(META.replace(" colloquialVersion='550.90.07'", ""))).hasValue(new RimLabel("GH100", ""));
    }

    /** Whatever lies in the folder ends in a label or none, never in an exception. */
    @Test
    void of_changedAtRandom_isALabelOrNone() {
        Random random = new Random(7);
        String prologue = "<?xml version='1.0' encoding='UTF-8'?><!-- c --><?p i?>";
        byte[] whole = (prologue + META).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 3000; i++) {
            byte[] changed = whole.clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            assertThat(RimLabel.of(changed)).isNotNull();
        }
    }

    @Test
    void of_overOneMebibyte_isNone() {
        assertThat(of(META + " ".repeat(ByteReader.MAX_EVIDENCE))).isEmpty();
    }

    @Test
    void isOf_manifest_hasToBeOfTheFamilyAndOfOneOfTheVersions() throws Exception {
        FakeMaker maker = new FakeMaker();
        NvidiaIdentity device = NvidiaIdentity.of(maker.report(), FakeMaker.pem(FakeMaker.signed(maker.device)));

        assertThat(device)
                .isEqualTo(new NvidiaIdentity(Optional.of(Architecture.HOPPER), "550.90.07", "96.00.9F.00.01"));
        assertThat(device.isOf(OWN)).isTrue();
        assertThat(device.isOf(new RimLabel("GH100", "96.00.9f.00.01"))).isTrue();
        assertThat(device.isOf(new RimLabel("GB100", "550.90.07"))).isFalse();
        assertThat(device.isOf(new RimLabel("GH100", "550.90.08"))).isFalse();
        assertThat(device.isOf(new RimLabel("", "550.90.07"))).isFalse();
        NvidiaIdentity unknown = new NvidiaIdentity(Optional.empty(), "550.90.07", "");
        assertThat(unknown.isOf(new RimLabel("", "550.90.07"))).isFalse();
        assertThat(new NvidiaIdentity(device.family(), "", "").isOf(new RimLabel("GH100", "")))
                .isFalse();
    }
}
