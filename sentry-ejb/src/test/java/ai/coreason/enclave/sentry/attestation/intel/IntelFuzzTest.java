package ai.coreason.enclave.sentry.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.sentry.Mutations;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.intel.IntelVectors.Vector;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntelFuzzTest {
    private static final Anchors ANCHORS = Anchors.builtIn();
    /** Changed quotes per genuine one; with {@code -Denclave.fuzz=full} many more. */
    private static final int CASES = "full".equals(System.getProperty("enclave.fuzz")) ? 100_000 : 100;

    @ParameterizedTest
    @ValueSource(strings = {"tdx", "sgx"})
    void parse_everyGenuineQuoteCutAnywhere_isRefused(String kind) throws Exception {
        for (Vector vector : genuine(kind)) {
            byte[] quote = vector.quote();
            int whole = quote.length - Quote.parse(quote).padding().length;
            for (int length = 0; length < whole; length++) {
                assertThat(isRefused(Arrays.copyOf(quote, length)))
                        .as("%s at %d", vector.name(), length)
                        .isTrue();
            }
        }
    }

    /** A change in what is not signed, which is the padding and the white space of PEM, may pass; no other does. */
    @ParameterizedTest
    @ValueSource(strings = {"tdx", "sgx"})
    void appraise_everyGenuineQuoteChanged_isNeverValidForAnythingElse(String kind) throws Exception {
        int refused = 0;
        for (Vector vector : genuine(kind)) {
            byte[] quote = vector.quote();
            Quote parsed = Quote.parse(quote);
            List<X509Certificate> chain =
                    Certificates.parse("pck_chain", parsed.signature().pckChain());
            Random random = new Random(vector.name().hashCode());
            for (int i = 0; i < CASES; i++) {
                byte[] changed = change(quote, random);
                Appraisal appraisal = QuoteVerifier.appraise(
                        TeeType.ofKind(kind), changed, Collateral.none(), ANCHORS, vector.at(), Optional.empty());
                if (appraisal.result() != Result.VALID) {
                    refused++;
                    continue;
                }
                Quote passed = Quote.parse(changed);
                String which = vector.name() + ", case " + i;
                assertThat(passed.signed()).as(which).isEqualTo(parsed.signed());
                assertThat(passed.signature().qeReport())
                        .as(which)
                        .isEqualTo(parsed.signature().qeReport());
                assertThat(Certificates.parse("pck_chain", passed.signature().pckChain()))
                        .as(which)
                        .isEqualTo(chain);
            }
        }
        assertThat(refused).isPositive();
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

    private static boolean isRefused(byte[] quote) {
        try {
            Quote.parse(quote);
            return false;
        } catch (MalformedEvidence e) {
            return true;
        }
    }

    private static byte[] change(byte[] quote, Random random) {
        byte[] out = quote.clone();
        int at = random.nextInt(out.length);
        switch (random.nextInt(5)) {
            case 0 -> out[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> out[at] = (byte) random.nextInt(256);
            case 2 -> Arrays.fill(out, at, Math.min(out.length, at + 1 + random.nextInt(64)), (byte) random.nextInt(3));
            case 3 -> System.arraycopy(quote, random.nextInt(at + 1), out, at, Math.min(64, out.length - at));
            default -> {
                out = Arrays.copyOf(out, out.length + 1);
                System.arraycopy(quote, at, out, at + 1, quote.length - at);
            }
        }
        return out;
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
