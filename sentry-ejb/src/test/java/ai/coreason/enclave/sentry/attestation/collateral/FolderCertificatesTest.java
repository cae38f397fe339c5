package ai.coreason.enclave.sentry.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.ListForms;
import ai.coreason.enclave.sentry.attestation.der.ListEncoding;
import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.intel.FakeQuote;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaSample;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource.NvidiaCollateral;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource.SnpCertificates;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.SnpProduct;
import ai.coreason.enclave.sentry.attestation.snp.SnpSample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509CRL;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FolderCertificatesTest {
    private static final SnpSample MILAN = SnpSample.of(SnpKey.VCEK, SnpProduct.MILAN);
    private final NvidiaSample gpu = new NvidiaSample();

    @TempDir
    private Path folder;

    private void write(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    @ParameterizedTest
    @EnumSource(SnpKey.class)
    void snp_certificateUnderAnyName_isFoundByWhatItSays(SnpKey key) throws IOException {
        SnpSample sample = SnpSample.of(key, SnpProduct.MILAN);
        write("snp/vek/a.der", SnpSample.of(SnpKey.VCEK, SnpProduct.TURIN).vek());
        write("snp/vek/b.der", new byte[] {1, 2, 3});
        write("snp/vek/node7.der", sample.vek());
        write("snp/Milan/" + (key == SnpKey.VLEK ? "vlek_cert_chain.pem" : "cert_chain.pem"), sample.chain());
        write("snp/Milan/crl.der", sample.crl());
        SnpCertificates got = new FolderCertificates(folder).snp(sample.report());
        assertThat(got.vek()).hasValue(sample.vek());
        assertThat(got.chain()).hasValue(sample.chain());
        assertThat(got.crl()).hasValue(sample.crl());
    }

    @Test
    void snp_fileThatWasReplaced_isReadAnew() throws IOException {
        write("snp/Milan/crl.der", MILAN.crl());
        FolderCertificates source = new FolderCertificates(folder);
        assertThat(source.snp(MILAN.report()).crl()).hasValue(MILAN.crl());
        byte[] other = SnpSample.list(SnpProduct.MILAN, SnpSample.AT.plusSeconds(7200));
        write("snp/Milan/crl.der", other);
        Files.setLastModifiedTime(folder.resolve("snp/Milan/crl.der"), FileTime.from(SnpSample.AT));
        assertThat(source.snp(MILAN.report()).crl()).hasValue(other);
        Files.delete(folder.resolve("snp/Milan/crl.der"));
        assertThat(source.snp(MILAN.report()).crl()).isEmpty();
    }

    @Test
    void snp_fileOfOverOneMebibyteOrAFolder_countsAsAbsent() throws IOException {
        write("snp/Milan/crl.der", new byte[(1 << 20) + 1]);
        Files.createDirectories(folder.resolve("snp/Milan/cert_chain.pem"));
        assertThat(new FolderCertificates(folder).snp(MILAN.report())).isEqualTo(SnpCertificates.NONE);
    }

    @Test
    void snpAndIntel_noFolderOrNoEvidence_areNothing() {
        FolderCertificates source = new FolderCertificates(folder.resolve("none"));
        assertThat(source.snp(MILAN.report())).isEqualTo(SnpCertificates.NONE);
        assertThat(source.snp(new byte[3])).isEqualTo(SnpCertificates.NONE);
        assertThat(source.intel(new byte[3]).get(Part.TCB_INFO)).isEmpty();
    }

    @Test
    void snp_bytesThatACallerChanges_stayAsTheyAre() throws IOException {
        write("snp/Milan/crl.der", MILAN.crl());
        FolderCertificates source = new FolderCertificates(folder);
        source.snp(MILAN.report()).crl().orElseThrow()[0] = 0;
        assertThat(source.snp(MILAN.report()).crl()).hasValue(MILAN.crl());
    }

    private List<String> manifests() throws Exception {
        byte[] report = gpu.report("ab".repeat(32));
        return List.copyOf(new FolderCertificates(folder)
                .nvidia(report, gpu.chain())
                .manifests()
                .keySet());
    }

    private List<X509CRL> lists() throws Exception {
        return new FolderCertificates(folder)
                .nvidia(gpu.report("ab".repeat(32)), gpu.chain())
                .lists();
    }

    @Test
    void nvidia_manifestsOfManyDevices_areThoseThatSayTheyAreOfThisOne() throws Exception {
        write("nvidia/driver.xml", gpu.manifest(NvidiaSample.Part.DRIVER, 7));
        write("nvidia/bios.swidtag", gpu.manifest(NvidiaSample.Part.VBIOS, 8));
        write("nvidia/older.xml", gpu.manifest("GH100", "550.54.15", 7));
        write("nvidia/blackwell.xml", gpu.manifest("GB100", "550.90.07", 7));
        write("nvidia/driver.txt", gpu.manifest(NvidiaSample.Part.DRIVER, 7));
        assertThat(manifests()).containsExactly("bios.swidtag", "driver.xml");
    }

    @Test
    void nvidia_manifestThatIsNone_countsAsAbsent() throws Exception {
        write("nvidia/a.xml", new byte[] {1, 2, 3});
        write("nvidia/b.xml", new byte[0]);
        byte[] manifest = gpu.manifest(NvidiaSample.Part.DRIVER, 7);
        write("nvidia/c.xml", Arrays.copyOf(manifest, 100));
        write("nvidia/d.xml", Arrays.copyOf(manifest, (1 << 20) + 1));
        Files.createDirectories(folder.resolve("nvidia/e.xml"));
        write("nvidia/f.xml", manifest);
        assertThat(manifests()).containsExactly("f.xml");
    }

    @Test
    void nvidia_moreManifestsThan128_areTheFirstByName() throws Exception {
        byte[] manifest = gpu.manifest(NvidiaSample.Part.DRIVER, 7);
        for (int i = 100; i < 226; i++) {
            write("nvidia/" + i + ".xml", new byte[] {'<'});
        }
        write("nvidia/226.xml", manifest);
        write("nvidia/227.xml", manifest);
        assertThat(manifests()).containsExactly("226.xml", "227.xml");
        write("nvidia/099.swidtag", new byte[0]);
        assertThat(manifests()).containsExactly("226.xml");
    }

    @Test
    void nvidia_manifestThatWasReplaced_isReadAnew() throws Exception {
        write("nvidia/driver.xml", gpu.manifest("GH100", "550.54.15", 7));
        FolderCertificates source = new FolderCertificates(folder);
        byte[] report = gpu.report("ab".repeat(32));
        assertThat(source.nvidia(report, gpu.chain()).manifests()).isEmpty();
        write("nvidia/driver.xml", gpu.manifest(NvidiaSample.Part.DRIVER, 7));
        Files.setLastModifiedTime(folder.resolve("nvidia/driver.xml"), FileTime.from(SnpSample.AT));
        assertThat(source.nvidia(report, gpu.chain()).manifests()).containsOnlyKeys("driver.xml");
    }

    @Test
    void nvidia_lists_areReadInDerAndPem() throws Exception {
        X509CRL root = gpu.list(0, SnpSample.AT);
        X509CRL below = gpu.list(1, SnpSample.AT);
        write("nvidia/a.crl", root.getEncoded());
        String pem = "-----BEGIN X509 CRL-----\n"
                + Base64.getMimeEncoder().encodeToString(below.getEncoded())
                + "\n-----END X509 CRL-----\n";
        write("nvidia/b.crl", pem.getBytes(StandardCharsets.US_ASCII));
        assertThat(lists()).containsExactly(root, below);
        write("nvidia/b.crl", (pem + pem).getBytes(StandardCharsets.US_ASCII));
        assertThat(lists()).containsExactly(root, below, below);
    }

    @Test
    void nvidia_listThatIsNone_countsAsAbsent() throws Exception {
        byte[] list = gpu.list(0, SnpSample.AT).getEncoded();
        write("nvidia/a.crl", new byte[] {1, 2, 3});
        write("nvidia/b.crl", new byte[0]);
        write("nvidia/c.crl", Arrays.copyOf(list, list.length - 1));
        write("nvidia/d.crl", new byte[(1 << 20) + 1]);
        write("nvidia/e.crl", "-----BEGIN X509 CRL-----\n!\n".getBytes(StandardCharsets.US_ASCII));
        write("nvidia/f.crl", list);
        assertThat(lists()).hasSize(1);
    }

    @Test
    void nvidia_moreListsThan32_areTheFirstByName() throws Exception {
        byte[] list = gpu.list(0, SnpSample.AT).getEncoded();
        for (int i = 10; i < 50; i++) {
            write("nvidia/" + i + ".crl", list);
        }
        assertThat(lists()).hasSize(32);
    }

    @Test
    void lists_inEveryForm_areReadAndUsed() throws Exception {
        byte[] nvidia = gpu.list(0, SnpSample.AT).getEncoded();
        for (Map.Entry<String, byte[]> form : ListForms.read(MILAN.crl()).entrySet()) {
            write("snp/Milan/crl.txt", form.getValue());
            byte[] got =
                    new FolderCertificates(folder).snp(MILAN.report()).crl().orElseThrow();
            assertThat(ListEncoding.der(got)).as(form.getKey()).isEqualTo(MILAN.crl());
            write("nvidia/root", ListForms.read(nvidia).get(form.getKey()));
            assertThat(lists()).as(form.getKey()).hasSize(1);
            assertThat(new FolderCertificates(folder).unusedLists())
                    .as(form.getKey())
                    .isEmpty();
        }
    }

    @Test
    void snp_unreadableListBesideOneThatIsRead_isNotTakenButTold() throws IOException {
        write("snp/Milan/crl.der", "<html>503</html>".getBytes(StandardCharsets.US_ASCII));
        write("snp/Milan/crl.pem", MILAN.crl());
        FolderCertificates source = new FolderCertificates(folder);
        assertThat(source.snp(MILAN.report()).crl()).hasValue(MILAN.crl());
        assertThat(source.unusedLists()).containsExactly("snp/Milan/crl.der");
    }

    /** Whatever may be a list and is not used is told, wherever it lies. */
    @Test
    void unusedLists_filesThatMayBeLists_areNamed() throws Exception {
        write("snp/Milan/crl.der", MILAN.crl());
        write("snp/Milan/cert_chain.pem", MILAN.chain());
        write("snp/vek/node7.der", MILAN.vek());
        write("nvidia/driver.xml", gpu.manifest(NvidiaSample.Part.DRIVER, 7));
        write("nvidia/.part-123", new byte[] {0x30});
        new FakeQuote(TeeType.TDX).write(folder);
        FolderCertificates source = new FolderCertificates(folder);
        assertThat(source.unusedLists()).isEmpty();

        byte[] other = SnpSample.list(SnpProduct.MILAN, SnpSample.AT.plusSeconds(7200));
        for (String name : List.of("snp/Milan/newer.der", "snp/newer", "newer", "intel/newer", "nvidia/more/newer")) {
            for (Map<String, byte[]> forms : List.of(ListForms.read(other), ListForms.told(other))) {
                for (Map.Entry<String, byte[]> form : forms.entrySet()) {
                    write(name, form.getValue());
                    assertThat(new FolderCertificates(folder).unusedLists())
                            .as(name + " " + form.getKey())
                            .containsExactly(name);
                }
            }
            write(name, MILAN.crl());
            assertThat(source.unusedLists()).isEmpty();
            Files.delete(folder.resolve(name));
        }
        Files.delete(folder.resolve("intel/root_ca_crl.der"));
        Files.createSymbolicLink(folder.resolve("intel/root_ca_crl.der"), folder.resolve("none"));
        assertThat(source.unusedLists()).containsExactly("intel/root_ca_crl.der");
        assertThat(new ChainedCertificates(List.of(CertificateSource.none(), source)).unusedLists())
                .containsExactly("intel/root_ca_crl.der");
    }

    @Test
    void unusedLists_moreFilesThanAreLookedAt_isTold() throws IOException {
        for (int i = 0; i <= 4096; i++) {
            write("snp/vcek/" + i + ".der", new byte[0]);
        }
        assertThat(new FolderCertificates(folder).unusedLists()).isEmpty();
        Files.move(folder.resolve("snp/vcek"), folder.resolve("other"));
        assertThat(new FolderCertificates(folder).unusedLists()).containsExactly("more than 4096 files");
    }

    @Test
    void nvidia_noFolderOrNoReport_isNothing() throws Exception {
        assertThat(manifests()).isEmpty();
        assertThat(lists()).isEmpty();
        write("nvidia/driver.xml", gpu.manifest(NvidiaSample.Part.DRIVER, 7));
        FolderCertificates source = new FolderCertificates(folder);
        assertThat(source.nvidia(new byte[3], gpu.chain())).isEqualTo(NvidiaCollateral.NONE);
        assertThat(source.nvidia(gpu.report("ab".repeat(32)), new byte[3])).isEqualTo(NvidiaCollateral.NONE);
    }

    /** A published report with the published manifest of its VBIOS among those of others. */
    @Test
    void nvidia_publishedDevice_findsItsManifest() throws Exception {
        Path vectors = SharedData.file("vectors/attestation");
        for (String name : List.of("1010_0200_882_960074001A_PROD", "1010_0205_862_960074001F_PROD")) {
            write(
                    "nvidia/" + name + ".swidtag",
                    Files.readAllBytes(vectors.resolve("nvidia-rim/" + name + "/" + name + ".swidtag")));
        }
        Path device = vectors.resolve("nvidia/hopper-580.95-vbios-rim-1A");
        assertThat(new FolderCertificates(folder)
                        .nvidia(
                                Files.readAllBytes(device.resolve("evidence.bin")),
                                Files.readAllBytes(device.resolve("cert_chain.pem")))
                        .manifests())
                .containsOnlyKeys("1010_0200_882_960074001A_PROD.swidtag");
    }

    private static CertificateSource of(NvidiaCollateral nvidia) {
        return new CertificateSource() {
            @Override
            public SnpCertificates snp(byte[] report) {
                return SnpCertificates.NONE;
            }

            @Override
            public Collateral intel(byte[] quote) {
                return Collateral.none();
            }

            @Override
            public NvidiaCollateral nvidia(byte[] report, byte[] chain) {
                return nvidia;
            }
        };
    }

    @Test
    void chained_gpusManifestsAndLists_areThoseOfAll() throws Exception {
        X509CRL root = gpu.list(0, SnpSample.AT);
        X509CRL below = gpu.list(1, SnpSample.AT);
        byte[] one = {1};
        byte[] two = {2};
        CertificateSource first = of(new NvidiaCollateral(Map.of("a", one), List.of(root)));
        CertificateSource second = of(new NvidiaCollateral(Map.of("a", two, "b", two), List.of(below)));
        NvidiaCollateral got = new ChainedCertificates(List.of(first, CertificateSource.none(), second))
                .nvidia(new byte[0], new byte[0]);
        assertThat(got.manifests())
                .containsOnlyKeys("a", "b")
                .containsEntry("a", one)
                .containsEntry("b", two);
        assertThat(got.lists()).containsExactly(root, below);
    }

    private static CertificateSource source(SnpCertificates snp, Collateral intel) {
        return new CertificateSource() {
            @Override
            public SnpCertificates snp(byte[] report) {
                return snp;
            }

            @Override
            public Collateral intel(byte[] quote) {
                return intel;
            }
        };
    }

    @Test
    void chained_partsOfSeveral_areOfTheFirstThatHasThem() {
        byte[] one = {1};
        byte[] two = {2};
        CertificateSource first = source(
                new SnpCertificates(Optional.empty(), Optional.of(one), Optional.empty()),
                new Collateral(Map.of(Part.TCB_INFO, one)));
        CertificateSource second = source(
                new SnpCertificates(Optional.of(two), Optional.of(two), Optional.empty()),
                new Collateral(Map.of(Part.TCB_INFO, two, Part.ROOT_CRL, two)));
        ChainedCertificates chained = new ChainedCertificates(List.of(first, CertificateSource.none(), second));
        assertThat(chained.snp(new byte[0]).vek()).hasValue(two);
        assertThat(chained.snp(new byte[0]).chain()).hasValue(one);
        assertThat(chained.snp(new byte[0]).crl()).isEmpty();
        assertThat(chained.intel(new byte[0]).get(Part.TCB_INFO)).hasValue(one);
        assertThat(chained.intel(new byte[0]).get(Part.ROOT_CRL)).hasValue(two);
    }

    @Test
    void chained_allPartsThere_doesNotAskFurther() {
        byte[] one = {1};
        CertificateSource whole =
                source(new SnpCertificates(Optional.of(one), Optional.of(one), Optional.of(one)), Collateral.none());
        CertificateSource untouched = source(null, null);
        assertThat(new ChainedCertificates(List.of(whole, untouched))
                        .snp(new byte[0])
                        .crl())
                .hasValue(one);
    }
}
