package ai.coreason.enclave.sentry.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource.SnpCertificates;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.SnpProduct;
import ai.coreason.enclave.sentry.attestation.snp.SnpSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FolderCertificatesTest {
    private static final SnpSample MILAN = SnpSample.of(SnpKey.VCEK, SnpProduct.MILAN);

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
