package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

/** Certificates that are made to cost much or to lead astray. */
class SnpHostileTest {
    private static byte[] ark() {
        return SnpPki.arkDer(SnpProduct.MILAN);
    }

    private static byte[] ask() {
        return SnpPki.once("ask", () -> SnpPki.ask(SnpProduct.MILAN).der());
    }

    @Test
    void appraise_issuerWithAHugeExponent_isRefused() throws Exception {
        BigInteger modulus = ((RSAPublicKey) SnpPki.ASK.getPublic()).getModulus();
        for (BigInteger exponent :
                new BigInteger[] {modulus.subtract(BigInteger.TWO), BigInteger.valueOf(3), BigInteger.valueOf(65539)}) {
            PublicKey key = KeyFactory.getInstance("RSA", new BouncyCastleProvider())
                    .generatePublic(new RSAPublicKeySpec(modulus, exponent));
            byte[] issuer = SnpPki.ask(SnpProduct.MILAN).with(d -> d.key = key).der();
            assertThat(SnpCase.milan().chain(issuer, ark()).rules())
                    .hasSize(1)
                    .first()
                    .asString()
                    .matches("vek.signature|chain at offset 0");
        }
    }

    @Test
    void appraise_thousandsOfCertificates_areRefusedUnread() {
        byte[][] nine = new byte[9][];
        Arrays.fill(nine, ark());
        nine[0] = ask();
        assertThat(SnpCase.milan().chain(nine).appraise().reasons())
                .singleElement()
                .satisfies(r -> assertThat(r.expected()).isEqualTo("at most 8"));
        assertThat(SnpCase.milan().chain(Arrays.copyOf(nine, 8)).rules()).isEmpty();
        byte[][] thousands = new byte[3000][];
        Arrays.fill(thousands, ark());
        assertThat(SnpCase.milan().chain(thousands).appraise().reasons())
                .singleElement()
                .satisfies(r -> assertThat(r.expected()).isEqualTo("at most 65536 bytes"));
    }

    @Test
    void appraise_issuersThatIssueEachOther_areNotFollowed() {
        byte[] loop = SnpPki.ask(SnpProduct.MILAN)
                .with(d -> {
                    d.issuer = "SEV-Milan";
                    d.signer = SnpPki.ASK;
                })
                .der();
        assertThat(SnpCase.milan().chain(loop, ark()).rules()).containsExactly("chain.issuer.signature");
        assertThat(SnpCase.milan().chain(loop).rules()).containsExactly("chain.ark");
    }

    @Test
    void appraise_longerPathUnderTheIssuer_isRefused() {
        KeyPair middle = SnpPki.VEK;
        byte[] intermediate = SnpPki.ask(SnpProduct.MILAN)
                .with(d -> {
                    d.subject = "SEV-Milan-2";
                    d.issuer = "SEV-Milan";
                    d.signer = SnpPki.ASK;
                    d.key = middle.getPublic();
                })
                .der();
        SnpCase c = SnpCase.milan()
                .vek(d -> {
                    d.issuer = "SEV-Milan-2";
                    d.signer = middle;
                    d.algorithm = "SHA384withECDSA";
                })
                .chain(intermediate, ask(), ark());
        assertThat(c.rules()).containsExactly("vek.signature");
    }

    @Test
    void appraise_reportKeyAsItsOwnIssuer_isRefused() {
        SnpCase c = SnpCase.milan()
                .vek(d -> {
                    d.issuer = "SEV-VCEK";
                    d.signer = SnpPki.VEK;
                    d.algorithm = "SHA384withECDSA";
                })
                .chain(ask(), ark());
        assertThat(c.rules()).containsExactly("vek.signature");
    }

    @Test
    void appraise_certificateWithMoreBehindIt_isRefused() {
        byte[] vek = SnpCase.milan().vekDer();
        byte[] report = SnpCase.milan().reportBytes();
        byte[] chain = SnpCase.milan().defaultChain();
        byte[] longer = Arrays.copyOf(vek, vek.length + 1);
        assertThat(appraise(report, longer, chain)).isEqualTo(Result.INVALID);
        assertThat(appraise(report, SnpPki.pem(vek), chain)).isEqualTo(Result.VALID);
        assertThat(appraise(report, SnpPki.pem(vek, vek), chain)).isEqualTo(Result.INVALID);
        assertThat(appraise(report, new byte[0], chain)).isEqualTo(Result.INVALID);
        assertThat(appraise(report, vek, new byte[0])).isEqualTo(Result.INVALID);
        assertThat(appraise(report, vek, new byte[] {0x30})).isEqualTo(Result.INVALID);
        assertThat(appraise(new byte[0], vek, chain)).isEqualTo(Result.INVALID);
    }

    private static Result appraise(byte[] report, byte[] vek, byte[] chain) {
        return SnpVerifier.appraise(
                        report,
                        vek,
                        chain,
                        java.util.Optional.empty(),
                        SnpPki.anchors(),
                        SnpPki.NOW,
                        java.util.Optional.empty())
                .result();
    }

    @Test
    void read_outerAlgorithmOtherThanTheSignedOne_isRefused() throws Exception {
        byte[] good = SnpCase.milan().vekDer();
        Der certificate = Der.of("vek", good);
        int at = certificate.header()
                + certificate.children().get(0).bytes().length
                + certificate.children().get(1).bytes().length;
        for (int i = at - certificate.children().get(1).bytes().length; i < at; i++) {
            byte[] changed = good.clone();
            changed[i] ^= 1;
            assertThat(appraise(
                            SnpCase.milan().reportBytes(),
                            changed,
                            SnpCase.milan().defaultChain()))
                    .isEqualTo(Result.INVALID);
        }
    }

    @Test
    void of_nestedLongAndIndefiniteDer_isRefused() {
        byte[] deep = new byte[40];
        for (int i = 0; i < 40; i += 2) {
            deep[i] = 0x30;
            deep[i + 1] = (byte) (38 - i);
        }
        assertThatThrownBy(() -> Der.of("x", deep).check())
                .isInstanceOf(MalformedEvidence.class)
                .hasMessageContaining("levels");
        byte[][] wrong = {
            {0x30, (byte) 0x80, 0, 0},
            {0x30, (byte) 0x84, 0, 0, 0, 0},
            {0x30, (byte) 0x81, 1, 0},
            {0x30, (byte) 0x82, 0, 1, 0},
            {0x1f, 1, 0},
            {0x30},
            {0x30, 1},
            {0x30, (byte) 0x83, (byte) 0xff, (byte) 0xff, (byte) 0xff},
            {}
        };
        for (byte[] der : wrong) {
            assertThatThrownBy(() -> Der.of("x", der).check()).isInstanceOf(MalformedEvidence.class);
        }
    }

    @Test
    void read_pemThatIsCutOrNoBase64_isRefused() {
        for (String text : new String[] {
            "-----BEGIN CERTIFICATE-----\nAAAA",
            "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
            "no certificate"
        }) {
            assertThatThrownBy(() -> AmdCertificates.read("chain", text.getBytes(StandardCharsets.US_ASCII)))
                    .describedAs(text)
                    .isInstanceOf(MalformedEvidence.class);
        }
    }
}
