package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.sentry.Bounds;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.der.Der;
import ai.coreason.enclave.sentry.attestation.der.HostileDer;
import ai.coreason.enclave.sentry.attestation.der.StrictDer;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
                .satisfies(r -> assertThat(r.expected()).isEqualTo("1 to 8 certificates in DER or PEM"));
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
                        report, vek, chain, Optional.empty(), SnpPki.anchors(), SnpPki.NOW, Optional.empty())
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
        assertThatThrownBy(() -> StrictDer.check("x", deep))
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
            assertThatThrownBy(() -> StrictDer.check("x", der)).isInstanceOf(MalformedEvidence.class);
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

    @Test
    void read_endThatSharesItsDashesWithTheBeginning_isRefused() {
        byte[] text = "-----BEGIN CERTIFICATE-----END CERTIFICATE-----".getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> AmdCertificates.read("chain", text)).isInstanceOf(MalformedEvidence.class);
        SnpCase good = SnpCase.milan();
        refused("vek", good.reportBytes(), text, good.defaultChain(), Optional.empty());
        refused("chain", good.reportBytes(), good.vekDer(), text, Optional.empty());
    }

    private static void refused(String which, byte[] report, byte[] vek, byte[] chain, Optional<byte[]> crl) {
        assertThat(Bounds.within(
                                which,
                                () -> SnpVerifier.appraise(
                                        report, vek, chain, crl, SnpPki.anchors(), SnpPki.NOW, Optional.empty()))
                        .result())
                .as(which)
                .isEqualTo(Result.INVALID);
    }

    @Test
    void appraise_hostileCertificatesAndLists_areRefusedWithoutMemory() {
        SnpCase good = SnpCase.milan();
        byte[] report = good.reportBytes();
        byte[] vek = good.vekDer();
        byte[] chain = good.defaultChain();
        Map<String, byte[]> hostile = new LinkedHashMap<>(HostileDer.values());
        hostile.putAll(HostileDer.certificates());
        hostile.forEach((which, der) -> {
            refused("vek: " + which, report, der, chain, Optional.empty());
            refused("vek in PEM: " + which, report, SnpPki.pem(der), chain, Optional.empty());
            refused("chain: " + which, report, vek, SnpPki.pem(der, ark()), Optional.empty());
            refused("crl: " + which, report, vek, chain, Optional.of(der));
        });
        refused("38,000 entries", report, vek, chain, Optional.of(HostileDer.list("CN=x")));
        String issuer = "CN=ARK-Milan,O=Advanced Micro Devices,ST=CA,L=Santa Clara,C=US,OU=Engineering";
        refused("38,000 entries of the root", report, vek, chain, Optional.of(HostileDer.list(issuer)));
        byte[] begins = "-----BEGIN CERTIFICATE-----".repeat(38_000).getBytes(StandardCharsets.US_ASCII);
        refused("38,000 beginnings", report, vek, begins, Optional.empty());
        refused("a report of 1 MiB", Arrays.copyOf(report, 1 << 20), vek, chain, Optional.empty());
    }

    private static boolean tableRefused(String which, byte[] table) {
        return Bounds.within(which, () -> {
            try {
                CertificateTable.evidence(SnpCase.milan().reportBytes(), Optional.of(table));
                return false;
            } catch (MalformedEvidence e) {
                return true;
            }
        });
    }

    @Test
    void evidence_tablesOfManyOrHugeEntries_areRefused() {
        byte[] many = new byte[1 << 20];
        for (int i = 0; i < many.length; i++) {
            many[i] = (byte) (i % 24 < 4 ? i / 24 >> 8 * (i % 24) : 1);
        }
        assertThat(tableRefused("40,000 entries", many)).isTrue();
        for (int length : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 20}) {
            for (int offset : new int[] {48, -1, Integer.MAX_VALUE}) {
                ByteBuffer table = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
                table.put(new byte[] {1}).position(16);
                table.putInt(offset).putInt(length);
                assertThat(tableRefused(offset + " + " + length, table.array())).isTrue();
            }
        }
    }

    @Test
    void parse_azureReportOfHugeLengths_isRefused() {
        for (int length : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 20}) {
            ByteBuffer hcl = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
            hcl.put("HCLA".getBytes(StandardCharsets.US_ASCII))
                    .putInt(1)
                    .putInt(1236 + length)
                    .putInt(2);
            hcl.position(32 + SnpReport.BYTES);
            hcl.putInt(20 + length).putInt(1).putInt(2).putInt(1).putInt(length);
            assertThat(Bounds.within("length " + length, () -> {
                        try {
                            HclReport.parse(hcl.array());
                            return false;
                        } catch (MalformedEvidence e) {
                            return true;
                        }
                    }))
                    .isTrue();
        }
    }

    @Test
    void check_azureRuntimeDataOfManyParts_staysWithinMemory() {
        for (String part : new String[] {"[],", "{},", "{\"a\":1},", "\"\",", "[[[[[[[[]]]]]]]],"}) {
            String json = "{\"keys\":[" + part.repeat(1_000_000 / part.length()) + "0]}";
            HclReport hcl = new HclReport(new byte[SnpReport.BYTES], json.getBytes(StandardCharsets.US_ASCII));
            Findings findings = new Findings();
            Bounds.within("keys of " + part, () -> {
                hcl.check(Optional.empty(), findings);
                return true;
            });
            assertThat(findings.broken()).isNotEmpty();
        }
    }
}
