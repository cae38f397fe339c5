package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.junit.jupiter.api.Test;

/** A revocation list that is there counts, with a policy and without. */
class SnpRevocationTest {
    private static List<String> rules(byte[] list) {
        List<String> crypto = SnpCase.milan().crypto().crl(list).rules();
        assertThat(SnpCase.milan().crl(list).rules()).isEqualTo(crypto);
        return crypto;
    }

    private static byte[] list(Consumer<X509v2CRLBuilder> change) {
        return SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, change);
    }

    @Test
    void check_listThatRevokesNothingOfThePath_isGood() {
        assertThat(rules(list(b -> {}))).isEmpty();
        assertThat(rules(list(b -> SnpPki.revoke(b, 4711)))).isEmpty();
        assertThat(rules(list(b -> SnpPki.revoke(b, 0)))).isEmpty();
    }

    @Test
    void check_revokedCertificate_isRefusedForEachOfThePath() {
        assertThat(rules(list(b -> SnpPki.revoke(b, 65537)))).containsExactly("chain.issuer.revocation");
        assertThat(rules(list(b -> SnpPki.revoke(b, 65536)))).containsExactly("chain.ark.revocation");
        SnpCase vlek = SnpCase.of(SnpKey.VLEK, SnpProduct.MILAN)
                .vek(d -> d.serial = BigInteger.valueOf(1706910527))
                .crl(list(b -> SnpPki.revoke(b, 1706910527)));
        assertThat(vlek.rules()).containsExactly("vek.revocation");
        SnpCase asvk = SnpCase.of(SnpKey.VLEK, SnpProduct.MILAN).crl(list(b -> SnpPki.revoke(b, 65793)));
        assertThat(asvk.rules()).containsExactly("chain.issuer.revocation");
    }

    @Test
    void check_listOfAnotherSigner_isRefusedAndNotRead() {
        assertThat(rules(SnpPki.crl(SnpProduct.MILAN, SnpPki.ASK, b -> SnpPki.revoke(b, 65537))))
                .containsExactly("crl.signature");
        assertThat(rules(SnpPki.crl(SnpProduct.GENOA, SnpPki.ARK, b -> {}))).containsExactly("crl.issuer");
    }

    @Test
    void check_listOutsideItsTime_isRefused() {
        Date past = Date.from(SnpPki.NOW.minusSeconds(1));
        Date future = Date.from(SnpPki.NOW.plusSeconds(1));
        assertThat(rules(list(b -> b.setNextUpdate(past)))).containsExactly("crl.validity");
        assertThat(rules(list(b -> b.setThisUpdate(future)))).containsExactly("crl.validity");
        assertThat(rules(list(b -> b.setNextUpdate((Time) null)))).containsExactly("crl.nextUpdate");
        assertThat(rules(list(b -> b.setNextUpdate(Date.from(SnpPki.NOW))))).isEmpty();
    }

    @Test
    void check_partialLists_areRefused() {
        assertThat(rules(list(b -> critical(b, Extension.deltaCRLIndicator, new ASN1Integer(1)))))
                .containsExactly("crl.extensions");
        var onlyUsers = new IssuingDistributionPoint(null, true, false, null, false, false);
        assertThat(rules(list(b -> critical(b, Extension.issuingDistributionPoint, onlyUsers))))
                .containsExactly("crl.extensions");
    }

    private static void critical(X509v2CRLBuilder builder, ASN1ObjectIdentifier oid, ASN1Encodable value) {
        try {
            builder.addExtension(oid, true, value);
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void parse_anythingElse_isRefused() {
        byte[] good = list(b -> {});
        assertThat(rules(Arrays.copyOf(good, good.length + 1))).hasSize(1);
        for (int length = 0; length < good.length; length += 37) {
            assertThat(rules(Arrays.copyOf(good, length))).hasSize(1);
        }
        assertThat(rules(new byte[(1 << 20) + 1])).hasSize(1);
    }
}
