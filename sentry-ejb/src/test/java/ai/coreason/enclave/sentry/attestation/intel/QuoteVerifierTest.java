package ai.coreason.enclave.sentry.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.sgx.SgxPolicy;
import ai.coreason.enclave.sentry.attestation.tdx.TdxPolicy;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One fault each in a quote that is otherwise genuine. */
class QuoteVerifierTest {
    private static final String ISSUED = "2026-05-20T00:00:00Z";
    private static final String NEXT = "2026-06-20T00:00:00Z";

    /** A change and the one rule that it breaks. */
    record Fault(String rule, String what, Change change) {
        @Override
        public String toString() {
            return rule + " " + what;
        }
    }

    interface Change {
        void apply(FakeQuote quote) throws Exception;
    }

    @ParameterizedTest
    @EnumSource(TeeType.class)
    void appraise_genuineQuote_isValid(TeeType tee) throws Exception {
        Optional<IntelPolicy> strict = Optional.of(tee == TeeType.TDX ? TdxPolicy.strict() : SgxPolicy.strict());
        assertThat(new FakeQuote(tee).appraise(Optional.empty()).reasons()).isEmpty();
        assertThat(new FakeQuote(tee).appraise(strict).reasons()).isEmpty();
    }

    @Test
    void appraise_quotesOfLaterVersions_areValid() throws Exception {
        FakeQuote td15 = new FakeQuote(TeeType.TDX).later();
        assertThat(td15.appraise(Optional.of(TdxPolicy.strict())).reasons()).isEmpty();
        FakeQuote td10 = new FakeQuote(TeeType.TDX);
        td10.version = 5;
        assertThat(td10.appraise(Optional.of(TdxPolicy.strict())).reasons()).isEmpty();
        for (int version = 4; version <= 5; version++) {
            FakeQuote sgx = new FakeQuote(TeeType.SGX);
            sgx.version = version;
            assertThat(sgx.appraise(Optional.of(SgxPolicy.strict())).reasons()).isEmpty();
        }
    }

    @Test
    void appraise_chainsWithoutTheirRoot_areCompletedFromThePinnedOne() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        quote.chain = List.of(quote.pck, quote.ca);
        quote.signingChain = List.of(quote.signer);
        assertThat(quote.appraise(Optional.of(TdxPolicy.strict())).reasons()).isEmpty();
    }

    @Test
    void appraise_rootIssuedAnewForItsKey_isThePinnedOne() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        quote.anchors = new Anchors(List.of(quote.root.make()));
        quote.root = quote.root.valid("2026-02-01T00:00:00Z", "2028-01-01T00:00:00Z");
        assertThat(quote.appraise(Optional.empty()).reasons()).isEmpty();
    }

    @Test
    void appraise_tcbInfoOfVersion2_isReadForSgx() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.SGX);
        quote.tcbInfo.put("version", 2).remove("id");
        for (var level : quote.tcbInfo.get("tcbLevels")) {
            ObjectNode tcb = (ObjectNode) level.get("tcb");
            for (int i = 0; i < 16; i++) {
                tcb.put(
                        "sgxtcbcomp%02dsvn".formatted(i + 1),
                        tcb.get("sgxtcbcomponents").get(i).get("svn").intValue());
            }
            tcb.remove("sgxtcbcomponents");
        }
        assertThat(quote.appraise(Optional.of(SgxPolicy.strict())).reasons()).isEmpty();
    }

    static Stream<Fault> faults() {
        return Stream.of(
                        formFaults(),
                        quoteFaults(),
                        chainFaults(),
                        signerFaults(),
                        revocationFaults(),
                        documentFaults())
                .flatMap(s -> s);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void appraise_oneFault_isInvalidForThatReasonAlone(Fault fault) throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        fault.change().apply(quote);
        Appraisal genuine = quote.appraise(Optional.empty());
        assertThat(genuine.reasons()).extracting(Reason::rule).containsExactly(fault.rule());
        assertThat(genuine.result()).isEqualTo(Result.INVALID);
        assertThat(quote.appraise(Optional.of(TdxPolicy.strict())).reasons())
                .extracting(Reason::rule)
                .containsExactly(fault.rule());
    }

    private static Stream<Fault> formFaults() {
        return Stream.of(
                new Fault("quote at offset 2", "version 2", q -> q.after = set(0, 2)),
                new Fault("quote at offset 2", "version 6", q -> q.after = set(0, 6)),
                new Fault("quote at offset 4", "key of P-384", q -> q.after = set(2, 3)),
                new Fault("quote at offset 8", "unknown TEE", q -> q.after = set(4, 0x82)),
                new Fault("quote at offset 8", "TDX in version 3", q -> q.after = set(0, 3)),
                new Fault("quote at offset 28", "another vendor", q -> q.after = set(12, 0)),
                new Fault("quote at offset 0", "nothing", q -> q.after = b -> new byte[0]),
                new Fault("quote at offset 0", "over 1 MiB", q -> q.after = b -> Arrays.copyOf(b, (1 << 20) + 1)),
                new Fault("quote at offset 636", "signature data too long", q -> q.after = set(635, 0x7f)),
                new Fault("quote at offset 636", "signature data beyond int", q -> q.after = set(635, 0xff)),
                new Fault(
                        "signature_data at offset 134",
                        "signature data too short",
                        q -> q.after = b -> set(632, b[632] - 1).apply(b)),
                new Fault("signature_data at offset 130", "certification of type 5", q -> q.after = set(764, 5)),
                new Fault("quote at offset 50", "enclave in a TDX quote", q -> {
                    q.later();
                    q.bodyType = 1;
                }),
                new Fault("quote at offset 50", "unknown body", q -> {
                    q.later();
                    q.bodyType = 4;
                }),
                new Fault("quote at offset 54", "body of another length", q -> {
                    q.later();
                    q.bodyType = 2;
                }));
    }

    private static Stream<Fault> quoteFaults() {
        return Stream.of(
                new Fault("qe_report.signature", "by another key", q -> q.pckKey = FakeQuote.OTHER_KEY),
                new Fault("qe_report.report_data", "of another key", q -> {
                    q.bindKey = false;
                    q.qeReport[320] = 1;
                }),
                new Fault("qe_report.report_data", "more than the hash", q -> q.qeReport[352] = 1),
                new Fault("qe_report.report_data", "other authentication data", q -> q.after = flip(636 + 134 + 450)),
                new Fault("quote.signature", "another body", q -> q.after = flip(200)),
                new Fault("quote.signature", "another header", q -> q.after = flip(40)),
                new Fault(
                        "quote.signature",
                        "zero",
                        q -> q.after = b -> {
                            Arrays.fill(b, 636, 700, (byte) 0);
                            return b;
                        }),
                new Fault(
                        "quote.signature",
                        "r of the group's order",
                        q -> q.after = b -> {
                            FakeQuote.put(b, 636, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
                            return b;
                        }),
                new Fault("attestation_key", "not on the curve", q -> q.after = flip(710)),
                new Fault(
                        "attestation_key",
                        "at infinity",
                        q -> q.after = b -> {
                            Arrays.fill(b, 700, 764, (byte) 0);
                            return b;
                        }),
                new Fault(
                        "pck_chain.pem",
                        "another chain beside it",
                        q -> q.instead.put(Part.PCK_CHAIN, FakePki.pem(List.of(q.ca.make(), q.root.make())))),
                new Fault("pck_chain.pem", "no chain beside it", q -> q.instead.put(Part.PCK_CHAIN, ascii("none"))));
    }

    private static Stream<Fault> chainFaults() {
        int sign = KeyUsage.keyCertSign;
        int both = sign | KeyUsage.cRLSign;
        return Stream.of(
                new Fault("pck_chain.root", "another root of that name", q -> {
                    q.anchors = new Anchors(List.of(q.root.key(FakeQuote.OTHER_KEY)
                            .signer(FakeQuote.OTHER_KEY)
                            .make()));
                    withoutCollateral(q);
                }),
                new Fault("pck_chain.root", "no root of Intel's", q -> {
                    q.anchors = new Anchors(List.of());
                    withoutCollateral(q);
                }),
                new Fault("pck_chain.root", "a pinned root of another name", q -> {
                    q.root = q.root.subject("Some Root").issuer("Some Root");
                    q.ca = q.ca.issuer("Some Root");
                    withoutCollateral(q);
                }),
                new Fault("pck_chain[0].subject", "another", q -> q.pck = q.pck.subject("Some Certificate")),
                new Fault("pck_chain[1].subject", "another", q -> q.ca = q.ca.subject("Intel SGX PCK CA")),
                new Fault("pck_chain[0].key", "P-384", q -> q.pck = q.pck.key(FakePki.key("secp384r1"))),
                new Fault("pck_chain[0].key", "RSA", q -> q.pck = q.pck.key(rsa())),
                new Fault("pck_chain[0].algorithm", "SHA-384", q -> q.pck = q.pck.algorithm("SHA384withECDSA")),
                new Fault("pck_chain[0].extensions", "an authority", q -> q.pck = q.pck.place(0, both)),
                new Fault("pck_chain[0].extensions", "no signer", q -> q.pck = q.pck.place(-1, sign)),
                new Fault("pck_chain[1].extensions", "no authority", q -> q.ca = q.ca.place(-1, both)),
                new Fault("pck_chain[1].extensions", "no signer of lists", q -> q.ca = q.ca.place(0, sign)),
                new Fault("pck_chain[2].extensions", "no path below", q -> {
                    q.root = q.root.place(0, both);
                    q.signingChain = List.of(q.signer);
                }),
                new Fault("pck_chain[0].signature", "by another key", q -> q.pck = q.pck.signer(FakeQuote.OTHER_KEY)),
                new Fault("pck_chain[1].signature", "by another key", q -> q.ca = q.ca.signer(FakeQuote.OTHER_KEY)),
                new Fault(
                        "pck_chain[0].signature",
                        "another issuer's name",
                        q -> q.pck = q.pck.issuer("Intel SGX PCK Processor CA")),
                new Fault(
                        "pck_chain[0].validity",
                        "over",
                        q -> q.pck = q.pck.valid("2026-01-01T00:00:00Z", "2026-05-31T23:59:59Z")),
                new Fault(
                        "pck_chain[0].validity",
                        "to come",
                        q -> q.pck = q.pck.valid("2026-06-01T00:00:01Z", "2027-01-01T00:00:00Z")),
                new Fault(
                        "pck_chain[1].validity",
                        "over",
                        q -> q.ca = q.ca.valid("2026-01-01T00:00:00Z", "2026-05-31T23:59:59Z")),
                new Fault("pck_chain", "one certificate", q -> q.chain = List.of(q.pck)),
                new Fault("pck_chain", "no certificate", q -> q.chain = List.of()),
                new Fault("pck_chain", "thousands of certificates", q -> q.chain = Collections.nCopies(200, q.ca)),
                new Fault("pck_chain.root", "no root at the end", q -> q.chain = List.of(q.pck, q.root, q.ca)),
                new Fault("pck.sgx_extension", "none", q -> q.pck = q.pck.sgx(null)),
                new Fault(
                        "pck.sgx_extension",
                        "a number too large",
                        q -> q.pck = q.pck.sgx(FakePki.sgx(Collections.nCopies(16, 256), 11, "0000", "00806f050000"))),
                new Fault(
                        "pck.sgx_extension",
                        "a part too few",
                        q -> q.pck = q.pck.sgx(FakePki.sgx(Collections.nCopies(15, 1), 11, "0000", "00806f050000"))),
                new Fault(
                        "pck.sgx_extension",
                        "a short name",
                        q -> q.pck =
                                q.pck.sgx(FakePki.sgx(Collections.nCopies(16, 1), 11, "0000", "00806f050000", 15))));
    }

    private static Stream<Fault> signerFaults() {
        return Stream.of(
                new Fault(
                        "tcb_sign_chain[0].validity",
                        "over",
                        q -> q.instead.put(
                                Part.TCB_CHAIN,
                                pem(q.signer.valid("2026-01-01T00:00:00Z", "2026-05-31T00:00:00Z"), q.root))),
                new Fault(
                        "qe_sign_chain[0].signature",
                        "by another key",
                        q -> q.instead.put(Part.QE_CHAIN, pem(q.signer.signer(FakeQuote.OTHER_KEY), q.root))),
                new Fault(
                        "tcb_sign_chain[0].subject",
                        "another",
                        q -> q.instead.put(Part.TCB_CHAIN, pem(q.signer.subject(FakeQuote.PCK), q.root))),
                new Fault(
                        "tcb_sign_chain", "a platform's", q -> q.instead.put(Part.TCB_CHAIN, pem(q.pck, q.ca, q.root))),
                new Fault(
                        "tcb_sign_chain.root",
                        "below an authority",
                        q -> q.instead.put(
                                Part.TCB_CHAIN,
                                pem(q.signer.issuer(FakeQuote.CA).signer(FakeQuote.CA_KEY), q.ca))),
                new Fault(
                        "tcb_info.signature",
                        "another signer's",
                        q -> q.instead.put(Part.TCB_CHAIN, pem(q.signer.key(FakeQuote.OTHER_KEY), q.root))),
                new Fault("tcb_sign_chain", "no certificates", q -> q.instead.put(Part.TCB_CHAIN, ascii("none"))));
    }

    private static Stream<Fault> revocationFaults() {
        BigInteger pck = BigInteger.valueOf(100);
        return Stream.of(
                new Fault(
                        "pck_chain[0].revocation",
                        "the platform",
                        q -> q.instead.put(
                                Part.PCK_CRL, FakePki.crl(FakeQuote.CA, FakeQuote.CA_KEY, ISSUED, NEXT, pck))),
                new Fault(
                        "pck_chain[1].revocation",
                        "the authority",
                        q -> q.instead.put(
                                Part.ROOT_CRL,
                                FakePki.crl(FakeQuote.ROOT, FakeQuote.ROOT_KEY, ISSUED, NEXT, BigInteger.TEN))),
                new Fault("tcb_sign_chain[0].revocation", "the signer", q -> {
                    q.instead.put(Part.QE_CHAIN, new byte[0]);
                    BigInteger signer = BigInteger.valueOf(200);
                    q.instead.put(Part.ROOT_CRL, FakePki.crl(FakeQuote.ROOT, FakeQuote.ROOT_KEY, ISSUED, NEXT, signer));
                }),
                new Fault(
                        "pck_crl.issuer",
                        "another authority's",
                        q -> q.instead.put(
                                Part.PCK_CRL,
                                FakePki.crl("Intel SGX PCK Processor CA", FakeQuote.CA_KEY, ISSUED, NEXT, pck))),
                new Fault(
                        "pck_crl.signature",
                        "by another key",
                        q -> q.instead.put(
                                Part.PCK_CRL, FakePki.crl(FakeQuote.CA, FakeQuote.OTHER_KEY, ISSUED, NEXT, pck))),
                new Fault(
                        "root_ca_crl.signature",
                        "by another key",
                        q -> q.instead.put(
                                Part.ROOT_CRL, FakePki.crl(FakeQuote.ROOT, FakeQuote.OTHER_KEY, ISSUED, NEXT))),
                new Fault(
                        "pck_crl.validity",
                        "over",
                        q -> q.instead.put(
                                Part.PCK_CRL,
                                FakePki.crl(FakeQuote.CA, FakeQuote.CA_KEY, ISSUED, "2026-05-31T00:00:00Z"))),
                new Fault(
                        "root_ca_crl.validity",
                        "to come",
                        q -> q.instead.put(
                                Part.ROOT_CRL,
                                FakePki.crl(FakeQuote.ROOT, FakeQuote.ROOT_KEY, "2026-06-02T00:00:00Z", NEXT))),
                new Fault("pck_crl", "no list", q -> q.instead.put(Part.PCK_CRL, ascii("none"))),
                new Fault("pck_crl", "a list and more", q -> {
                    byte[] crl = FakePki.crl(FakeQuote.CA, FakeQuote.CA_KEY, ISSUED, NEXT, pck);
                    q.instead.put(Part.PCK_CRL, Arrays.copyOf(crl, crl.length + 1));
                }));
    }

    private static Stream<Fault> documentFaults() {
        return Stream.of(
                new Fault(
                        "tcb_info.signature",
                        "edited",
                        q -> q.instead.put(
                                Part.TCB_INFO, edited(q.document("tcbInfo", q.tcbInfo), "UpToDate", "Revoked"))),
                new Fault(
                        "tcb_info.signature",
                        "white space",
                        q -> q.instead.put(
                                Part.TCB_INFO,
                                edited(q.document("tcbInfo", q.tcbInfo), "\"version\":", "\"version\": "))),
                new Fault(
                        "qe_identity.signature",
                        "edited",
                        q -> q.instead.put(
                                Part.QE_IDENTITY,
                                edited(q.document("enclaveIdentity", q.identity), "UpToDate", "Revoked"))),
                new Fault(
                        "tcb_info",
                        "a byte order mark",
                        q -> q.instead.put(
                                Part.TCB_INFO,
                                edited(q.document("tcbInfo", q.tcbInfo), "{\"tcbInfo", "\ufeff{\"tcbInfo"))),
                new Fault(
                        "tcb_info",
                        "an unsigned member",
                        q -> q.instead.put(
                                Part.TCB_INFO,
                                edited(q.document("tcbInfo", q.tcbInfo), ",\"signature", ",\"a\":1,\"signature"))),
                new Fault(
                        "tcb_info",
                        "a member twice",
                        q -> q.instead.put(
                                Part.TCB_INFO,
                                edited(q.document("tcbInfo", q.tcbInfo), "{\"tcbInfo", "{\"tcbInfo\":{},\"tcbInfo"))),
                new Fault(
                        "tcb_info",
                        "another's document",
                        q -> q.instead.put(Part.TCB_INFO, q.document("enclaveIdentity", q.identity))),
                new Fault(
                        "tcb_info",
                        "nested too deep",
                        q -> q.instead.put(Part.TCB_INFO, ascii("{\"tcbInfo\":" + "[".repeat(100_000)))),
                new Fault("tcb_info.validity", "over", q -> q.tcbInfo.put("nextUpdate", "2026-05-31T23:59:59Z")),
                new Fault("tcb_info.validity", "to come", q -> q.tcbInfo.put("issueDate", "2026-06-01T00:00:01Z")),
                new Fault("qe_identity.validity", "over", q -> q.identity.put("nextUpdate", "2026-05-31T23:59:59Z")),
                new Fault("qe_identity.validity", "to come", q -> q.identity.put("issueDate", "2026-06-01T00:00:01Z")),
                new Fault("tcb_info.fmspc", "another family", q -> q.tcbInfo.put("fmspc", "00806F050001")),
                new Fault("tcb_info.pce_id", "another PCE", q -> q.tcbInfo.put("pceId", "0001")),
                new Fault("tcb_info.id", "of SGX", q -> q.tcbInfo.put("id", "SGX")),
                new Fault("tcb_info", "unknown kind", q -> q.tcbInfo.put("id", "SEV")),
                new Fault("tcb_info", "unknown version", q -> q.tcbInfo.put("version", 4)),
                new Fault("tcb_info", "unknown type", q -> q.tcbInfo.put("tcbType", 1)),
                new Fault("tcb_info", "no time", q -> q.tcbInfo.put("issueDate", "2026-13-01T00:00:00Z")),
                new Fault("tcb_info", "no levels", q -> ((ArrayNode) q.tcbInfo.get("tcbLevels")).removeAll()),
                new Fault(
                        "tcb_info",
                        "unknown status",
                        q -> ((ObjectNode) q.tcbInfo.at("/tcbLevels/0")).put("tcbStatus", "no TCB level")),
                new Fault(
                        "tcb_info",
                        "a part too few",
                        q -> ((ArrayNode) q.tcbInfo.at("/tcbLevels/0/tcb/sgxtcbcomponents")).remove(0)),
                new Fault(
                        "tcb_info",
                        "a version too large",
                        q -> ((ObjectNode) q.tcbInfo.at("/tcbLevels/0/tcb/tdxtcbcomponents/0")).put("svn", 256)),
                new Fault("qe_identity.id", "of SGX", q -> q.identity.put("id", "QE")),
                new Fault("qe_identity", "version 1", q -> q.identity.put("version", 1)),
                new Fault("qe_identity.mrsigner", "another", q -> q.qeReport[128] ^= 1),
                new Fault("qe_identity.isvprodid", "another", q -> q.qeReport[256] = 3),
                new Fault("qe_identity.miscselect", "another", q -> q.qeReport[16] = 1),
                new Fault("qe_identity.attributes", "a debug enclave", q -> q.qeReport[48] |= 2),
                new Fault("tdx_module.mr_signer_seam", "another", q -> q.body[64] = 1),
                new Fault("tdx_module.seam_attributes", "a debug module", q -> q.body[112] = 1));
    }

    @Test
    void appraise_quoteOfTheOtherKind_isInvalid() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.SGX);
        Appraisal appraisal = QuoteVerifier.appraise(
                TeeType.TDX, quote.quote(), Collateral.none(), quote.anchors(), quote.at, Optional.empty());
        assertThat(appraisal.reasons()).extracting(Reason::rule).containsExactly("quote.tee_type");
    }

    @Test
    void appraise_independentFaults_areAllTold() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        quote.after = flip(200);
        quote.pckKey = FakeQuote.OTHER_KEY;
        quote.identity.put("nextUpdate", "2026-05-31T23:59:59Z");
        quote.instead.put(Part.PCK_CRL, ascii("none"));
        Appraisal appraisal = quote.appraise(Optional.empty());
        assertThat(appraisal.reasons())
                .extracting(Reason::rule)
                .containsExactly("qe_report.signature", "quote.signature", "qe_identity.validity", "pck_crl");
        assertThat(appraisal.claims().measurement()).isEqualTo("aa".repeat(16) + "ab" + "aa".repeat(31));
    }

    @Test
    void appraise_documentWithoutItsChain_isNotJudged() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        quote.instead.put(Part.TCB_CHAIN, new byte[0]);
        Appraisal appraisal = quote.appraise(Optional.empty());
        assertThat(appraisal.result()).isEqualTo(Result.UNJUDGED);
        assertThat(appraisal.reasons()).extracting(Reason::rule).containsExactly("tcb_info.signature");
    }

    @Test
    void appraise_policyOfTheOtherKind_isABug() {
        assertThatThrownBy(() -> new FakeQuote(TeeType.SGX).appraise(Optional.of(TdxPolicy.strict())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("policy: expected one for SGX, got TDX");
    }

    private static void withoutCollateral(FakeQuote quote) {
        for (Part part : Part.values()) {
            quote.instead.put(part, new byte[0]);
        }
    }

    private static java.util.function.UnaryOperator<byte[]> set(int at, int value) {
        return b -> {
            b[at] = (byte) value;
            return b;
        };
    }

    private static java.util.function.UnaryOperator<byte[]> flip(int at) {
        return b -> set(at, b[at] ^ 1).apply(b);
    }

    private static byte[] pem(FakePki.Spec... specs) throws Exception {
        List<java.security.cert.X509Certificate> out = new java.util.ArrayList<>();
        for (FakePki.Spec spec : specs) {
            out.add(spec.make());
        }
        return FakePki.pem(out);
    }

    private static byte[] edited(byte[] json, String from, String to) {
        String text = new String(json, StandardCharsets.US_ASCII);
        assertThat(text).contains(from);
        return text.replaceFirst(java.util.regex.Pattern.quote(from), to).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
