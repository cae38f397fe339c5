package ai.coreason.enclave.sentry.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.Bounds;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.der.HostileDer;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Quotes and collateral that are made to cost much. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IntelHostileTest {
    private static final int INFO_SIGNED = 48 + TdReport.LENGTH_10;

    private static void refused(String which, FakeQuote made, byte[] quote, Collateral collateral) {
        assertThat(Bounds.within(
                        which,
                        () -> QuoteVerifier.appraise(
                                made.tee, quote, collateral, made.anchors(), made.at, Optional.empty())))
                .as(which)
                .satisfies(a -> assertThat(a.result()).isEqualTo(Result.INVALID))
                .satisfies(a -> assertThat(a.reasons()).isNotEmpty());
    }

    private static Map<String, byte[]> hostile() {
        Map<String, byte[]> out = new LinkedHashMap<>(HostileDer.values());
        out.putAll(HostileDer.certificates());
        return out;
    }

    /** A quote whose chain of certificates is other bytes; its lengths fit. */
    private static byte[] withChain(FakeQuote made, byte[] pem) throws Exception {
        FakeQuote other = new FakeQuote(made.tee);
        other.chain = java.util.List.of();
        byte[] quote = other.quote();
        byte[] out = Arrays.copyOf(quote, quote.length + pem.length);
        System.arraycopy(pem, 0, out, quote.length, pem.length);
        add(out, INFO_SIGNED, pem.length);
        add(out, INFO_SIGNED + 4 + 128 + 2, pem.length);
        add(out, quote.length - 4, pem.length);
        return out;
    }

    private static void add(byte[] out, int at, int more) {
        int sum = more;
        for (int i = 3; i >= 0; i--) {
            sum += (out[at + i] & 0xff) << 8 * i;
        }
        for (int i = 0; i < 4; i++) {
            out[at + i] = (byte) (sum >> 8 * i);
        }
    }

    @Test
    void appraise_hostileCertificates_areRefused() throws Exception {
        FakeQuote made = new FakeQuote(TeeType.TDX);
        byte[] root = made.root.make().getEncoded();
        byte[] ca = made.ca.make().getEncoded();
        byte[] good = withChain(made, HostileDer.pem(made.pck.make().getEncoded(), ca, root));
        assertThat(QuoteVerifier.appraise(made.tee, good, Collateral.none(), made.anchors(), made.at, Optional.empty())
                        .result())
                .isEqualTo(Result.VALID);
        for (Map.Entry<String, byte[]> one : hostile().entrySet()) {
            byte[] pem = HostileDer.pem(one.getValue(), ca, root);
            refused("leaf: " + one.getKey(), made, withChain(made, pem), Collateral.none());
        }
    }

    @Test
    void appraise_thousandsOfCertificates_areRefusedUnread() throws Exception {
        FakeQuote made = new FakeQuote(TeeType.TDX);
        byte[][] many = new byte[1100][];
        Arrays.fill(many, made.ca.make().getEncoded());
        refused("1100 certificates", made, withChain(made, HostileDer.pem(many)), Collateral.none());
        String begins = "-----BEGIN CERTIFICATE-----".repeat(30_000);
        refused(
                "30,000 beginnings",
                made,
                withChain(made, begins.getBytes(StandardCharsets.US_ASCII)),
                Collateral.none());
    }

    @Test
    void appraise_endThatSharesItsDashesWithTheBeginning_isRefused() throws Exception {
        FakeQuote made = new FakeQuote(TeeType.TDX);
        byte[] text = "-----BEGIN CERTIFICATE-----END CERTIFICATE-----".getBytes(StandardCharsets.US_ASCII);
        refused("in the quote", made, withChain(made, text), Collateral.none());
        refused("beside it", made, made.quote(), new Collateral(Map.of(Part.TCB_CHAIN, text)));
    }

    /** Each is the same signature, and none is how it is written; the JDK takes the first two. */
    @Test
    void appraise_signatureWrittenInAnotherWay_isRefused() throws Exception {
        FakeQuote made = new FakeQuote(TeeType.TDX);
        byte[] leaf = made.pck.make().getEncoded();
        byte[] root = made.root.make().getEncoded();
        Certificate ca;
        byte[] r;
        byte[] s;
        do {
            ca = Certificate.getInstance(made.ca.make().getEncoded());
            ASN1Sequence numbers = ASN1Sequence.getInstance(ca.getSignature().getOctets());
            r = ASN1Integer.getInstance(numbers.getObjectAt(0)).getValue().toByteArray();
            s = ASN1Integer.getInstance(numbers.getObjectAt(1)).getValue().toByteArray();
        } while (r.length != 33 || (s[s.length - 1] & 1) != 0);
        byte[] usual = written(ca, r, s, 0);
        assertThat(usual).isEqualTo(ca.getEncoded());
        byte[] good = withChain(made, HostileDer.pem(leaf, usual, root));
        assertThat(QuoteVerifier.appraise(made.tee, good, Collateral.none(), made.anchors(), made.at, Optional.empty())
                        .result())
                .isEqualTo(Result.VALID);
        Map<String, byte[]> others = new LinkedHashMap<>();
        others.put("an unused bit", written(ca, r, s, 1));
        others.put("r without its sign", written(ca, Arrays.copyOfRange(r, 1, 33), s, 0));
        others.put(
                "r with a zero more",
                written(ca, ByteBuffer.allocate(34).put(1, r).array(), s, 0));
        others.put(
                "s with a zero more",
                written(ca, r, ByteBuffer.allocate(s.length + 1).put(1, s).array(), 0));
        for (Map.Entry<String, byte[]> other : others.entrySet()) {
            byte[] chain = HostileDer.pem(leaf, other.getValue(), root);
            refused(other.getKey(), made, withChain(made, chain), Collateral.none());
        }
    }

    private static byte[] written(Certificate of, byte[] r, byte[] s, int unused) throws Exception {
        ByteBuffer numbers = ByteBuffer.allocate(6 + r.length + s.length);
        numbers.put((byte) 0x30).put((byte) (4 + r.length + s.length));
        numbers.put((byte) 2).put((byte) r.length).put(r);
        numbers.put((byte) 2).put((byte) s.length).put(s);
        return new DERSequence(new ASN1Encodable[] {
                    of.getTBSCertificate(), of.getSignatureAlgorithm(), new DERBitString(numbers.array(), unused)
                })
                .getEncoded();
    }

    @Test
    void appraise_lengthsAtTheirMost_areRefused() throws Exception {
        for (TeeType tee : TeeType.values()) {
            FakeQuote made = new FakeQuote(tee);
            byte[] quote = made.quote();
            assertThat(QuoteVerifier.appraise(tee, quote, Collateral.none(), made.anchors(), made.at, Optional.empty())
                            .result())
                    .isEqualTo(Result.VALID);
            int signed = tee == TeeType.TDX ? INFO_SIGNED : 48 + EnclaveReport.LENGTH;
            int report = signed + 4 + 128 + (made.version > 3 ? 6 : 0);
            int authentication = report + EnclaveReport.LENGTH + 64;
            int chain = authentication + 2 + 32 + 2;
            for (String most : new String[] {"ffffffff", "ffffff7f", "00000080", "00001000", "ffff0f00"}) {
                for (int at : new int[] {signed, chain, made.version > 3 ? report - 4 : chain}) {
                    byte[] changed = quote.clone();
                    System.arraycopy(HexFormat.of().parseHex(most), 0, changed, at, 4);
                    refused(tee + " length " + most + " at " + at, made, changed, Collateral.none());
                }
            }
            byte[] changed = quote.clone();
            changed[authentication] = (byte) 0xff;
            changed[authentication + 1] = (byte) 0xff;
            refused(tee + " authentication data", made, changed, Collateral.none());
            refused(tee + " of 1 MiB and more", made, Arrays.copyOf(quote, (1 << 20) + 1), Collateral.none());
        }
    }

    @Test
    void appraise_hostileLists_areRefused() throws Exception {
        FakeQuote made = new FakeQuote(TeeType.TDX);
        byte[] quote = made.quote();
        Map<String, byte[]> lists = new LinkedHashMap<>(HostileDer.values());
        lists.put("38,000 entries", HostileDer.list("CN=x"));
        String authority = made.ca.make().getSubjectX500Principal().getName();
        lists.put("38,000 entries of the authority", HostileDer.list(authority));
        for (Map.Entry<String, byte[]> one : lists.entrySet()) {
            refused("list: " + one.getKey(), made, quote, new Collateral(Map.of(Part.PCK_CRL, one.getValue())));
        }
    }

    @Test
    void appraise_hostileDocuments_areRefused() throws Exception {
        FakeQuote made = new FakeQuote(TeeType.TDX);
        byte[] quote = made.quote();
        byte[] chain = made.collateral().get(Part.TCB_CHAIN).orElseThrow();
        for (String part : new String[] {"[],", "{},", "{\"a\":1},", "0,", "\"\",", "[[[[[[[[]]]]]]]],", "1e9,"}) {
            String many = part.repeat(1_000_000 / part.length());
            String json = "{\"tcbInfo\":{\"tcbLevels\":[" + many + "0]},\"signature\":\"" + "00".repeat(64) + "\"}";
            refused(
                    "document of " + part,
                    made,
                    quote,
                    new Collateral(
                            Map.of(Part.TCB_INFO, json.getBytes(StandardCharsets.US_ASCII), Part.TCB_CHAIN, chain)));
        }
        String deep = "{\"tcbInfo\":" + "[".repeat(1_000_000);
        refused(
                "deep document",
                made,
                quote,
                new Collateral(Map.of(Part.TCB_INFO, deep.getBytes(StandardCharsets.US_ASCII), Part.TCB_CHAIN, chain)));
    }
}
