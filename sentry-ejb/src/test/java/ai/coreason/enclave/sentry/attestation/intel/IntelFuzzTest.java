package ai.coreason.enclave.sentry.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.Mutations;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.ByteChanges;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Piece;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.intel.IntelVectors.Vector;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every real quote of TDX and SGX and the collateral beside it, changed at random and cut at every offset; see {@link Piece}. How
 * many changes: {@link ByteChanges#count}, for collateral a fiftieth.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IntelFuzzTest {
    private static final Anchors ANCHORS = Anchors.builtIn();

    private static List<Vector> genuine(String kind) throws Exception {
        List<Vector> out = new ArrayList<>();
        for (Vector vector : IntelVectors.all(kind)) {
            if (vector.verdict() == Result.VALID) {
                out.add(vector);
            }
        }
        assertThat(out).isNotEmpty();
        return out;
    }

    private static Result judge(Vector vector, byte[] quote, Collateral collateral) {
        return QuoteVerifier.appraise(
                        TeeType.ofKind(vector.kind()), quote, collateral, ANCHORS, vector.at(), Optional.empty())
                .result();
    }

    /** Beside what is signed, which the certificates are too, a quote has padding, and white space in PEM. */
    static List<Piece> quotes(String kind) throws Exception {
        List<Piece> out = new ArrayList<>();
        for (Vector vector : genuine(kind)) {
            byte[] bytes = vector.quote();
            out.add(new Piece(vector.name(), bytes, q -> judge(vector, q, Collateral.none()), q -> {
                Quote one = Quote.parse(bytes);
                Quote other = Quote.parse(q);
                return Arrays.equals(one.signed(), other.signed())
                        && Arrays.equals(
                                one.signature().qeReport(), other.signature().qeReport())
                        && Arrays.equals(
                                one.signature().attestationKey(),
                                other.signature().attestationKey())
                        && chain(one.signature().pckChain())
                                .equals(chain(other.signature().pckChain()));
            }));
        }
        return out;
    }

    /** Each document beside each quote. */
    private static List<Piece> documents(String kind) throws Exception {
        List<Piece> out = new ArrayList<>();
        for (Vector vector : genuine(kind)) {
            Collateral collateral = vector.collateral();
            byte[] quote = vector.quote();
            for (Part part : Part.values()) {
                Optional<byte[]> bytes = collateral.get(part);
                if (bytes.isPresent()) {
                    out.add(new Piece(
                            vector.name() + "/" + part.file(),
                            bytes.get(),
                            b -> judge(vector, quote, with(collateral, part, b)),
                            b -> content(part, bytes.get()).equals(content(part, b))));
                }
            }
        }
        return out;
    }

    private static Collateral with(Collateral collateral, Part part, byte[] bytes) {
        Map<Part, byte[]> parts = new EnumMap<>(Part.class);
        for (Part p : Part.values()) {
            collateral.get(p).ifPresent(b -> parts.put(p, p == part ? bytes : b));
        }
        return new Collateral(parts);
    }

    /** What is signed of a document; the pinned root may be left out of a chain of two. */
    private static Object content(Part part, byte[] bytes) throws MalformedEvidence {
        return switch (part) {
            case PCK_CHAIN -> chain(bytes);
            case TCB_CHAIN, QE_CHAIN -> chain(bytes).get(0);
            case ROOT_CRL, PCK_CRL -> Arrays.toString(bytes);
            case TCB_INFO ->
                Arrays.toString(SignedDocument.parse("x", "tcbInfo", bytes).body());
            case QE_IDENTITY ->
                Arrays.toString(
                        SignedDocument.parse("x", "enclaveIdentity", bytes).body());
        };
    }

    private static List<X509Certificate> chain(byte[] pem) throws MalformedEvidence {
        return Certificates.parse("chain", pem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tdx", "sgx"})
    void appraise_everyQuoteCutAnywhere_isRefused(String kind) throws Exception {
        quotes(kind).forEach(p -> p.cut(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tdx", "sgx"})
    void appraise_everyQuoteChanged_isNeverValidForAnythingElse(String kind) throws Exception {
        quotes(kind).forEach(p -> p.change(ByteChanges.count(400)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tdx", "sgx"})
    void appraise_everyDocumentChanged_isNeverValidForAnythingElse(String kind) throws Exception {
        documents(kind).forEach(p -> p.change(ByteChanges.count(1000) / 50));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tdx", "sgx"})
    void appraise_everyDocumentCutAnywhere_isNeverValidForAnythingElse(String kind) throws Exception {
        documents(kind).forEach(p -> p.cut(ByteChanges.share() ? 211 : 1));
    }

    @Test
    void appraise_changedCertificates_areJudgedOrRefused() throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        List<X509Certificate> chain = List.of(quote.pck.make(), quote.ca.make(), quote.root.make());
        Anchors anchors = new Anchors(List.of(chain.get(2)));
        Mutations.survive(5, chain.get(0).getEncoded(), der -> {
            List<X509Certificate> read = parse(der);
            PckPlatform.of(read.get(0));
            List<X509Certificate> path = List.of(read.get(0), chain.get(1), chain.get(2));
            Optional<CertificatePath> judged =
                    CertificatePath.verify("chain", path, CertificatePath.Use.PCK, anchors, quote.at, new Findings());
            if (judged.isPresent()) {
                assertThat(path).isEqualTo(chain);
            }
        });
    }

    @Test
    void parse_changedRevocationList_isReadOrRefused() throws Exception {
        byte[] crl = new FakeQuote(TeeType.TDX).collateral().get(Part.PCK_CRL).orElseThrow();
        X509Certificate authority = new FakeQuote(TeeType.TDX).ca.make();
        Mutations.survive(6, crl, der -> {
            RevocationList read = refusing(() -> RevocationList.parse("crl", der));
            if (read.verify(authority, new FakeQuote(TeeType.TDX).at, new Findings())) {
                assertThat(der).isEqualTo(crl);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcb_info.json", "qe_identity.json"})
    void parse_changedDocument_isReadOrRefused(String file) throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        boolean info = file.equals(Part.TCB_INFO.file());
        byte[] json =
                quote.collateral().get(info ? Part.TCB_INFO : Part.QE_IDENTITY).orElseThrow();
        String member = info ? "tcbInfo" : "enclaveIdentity";
        byte[] signed = SignedDocument.parse("document", member, json).body();
        Mutations.survive(
                7,
                json,
                bytes -> refusing(() -> {
                    SignedDocument document = SignedDocument.parse("document", member, bytes);
                    if (document.signedBy(FakeQuote.SIGNER_KEY.getPublic())) {
                        assertThat(document.body()).isEqualTo(signed);
                    }
                    return info ? TcbInfo.read(document) : QeIdentity.read(document);
                }));
    }

    @ParameterizedTest
    @ValueSource(ints = {' ', 0, '-', 'A', '\n', 0xff})
    void parse_pemOfOneByteOverAndOver_isRefused(int b) throws Exception {
        FakeQuote quote = new FakeQuote(TeeType.TDX);
        byte[] pem = FakePki.pem(List.of(quote.pck.make(), quote.ca.make()));
        byte[] much = Arrays.copyOf(pem, 1 << 20);
        Arrays.fill(much, pem.length, much.length - 1, (byte) b);
        much[much.length - 1] = 'x';
        assertThatThrownBy(() -> Certificates.parse("pem", much)).isInstanceOf(MalformedEvidence.class);
        byte[] before = new byte[1 << 20];
        Arrays.fill(before, (byte) b);
        System.arraycopy(pem, 0, before, before.length - pem.length, pem.length);
        before[0] = 'x';
        assertThatThrownBy(() -> Certificates.parse("pem", before)).isInstanceOf(MalformedEvidence.class);
    }

    private static List<X509Certificate> parse(byte[] der) {
        String pem =
                "-----BEGIN CERTIFICATE-----" + Base64.getEncoder().encodeToString(der) + "-----END CERTIFICATE-----";
        return refusing(() -> {
            List<X509Certificate> out = Certificates.parse("chain", pem.getBytes(StandardCharsets.US_ASCII));
            Certificates.commonName(out.get(0).getSubjectX500Principal());
            PckPlatform.of(out.get(0));
            return out;
        });
    }

    private interface Reader<T> {
        T read() throws MalformedEvidence;
    }

    /** A refusal as {@link Mutations} knows it. */
    private static <T> T refusing(Reader<T> reader) {
        try {
            return reader.read();
        } catch (MalformedEvidence e) {
            throw InvalidDocument.at("", "evidence", e.reason().toString());
        }
    }
}
