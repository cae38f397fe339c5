package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A genuine quote under a fake root, with collateral; a test changes one thing before it is signed. */
public final class FakeQuote {
    static final String ROOT = "Intel SGX Root CA";
    static final String CA = "Intel SGX PCK Platform CA";
    static final String PCK = "Intel SGX PCK Certificate";
    static final String SIGNER = "Intel SGX TCB Signing";
    static final KeyPair ROOT_KEY = FakePki.key("secp256r1");
    static final KeyPair CA_KEY = FakePki.key("secp256r1");
    static final KeyPair PCK_KEY = FakePki.key("secp256r1");
    static final KeyPair SIGNER_KEY = FakePki.key("secp256r1");
    private static final KeyPair ATTESTATION_KEY = FakePki.key("secp256r1");
    static final KeyPair OTHER_KEY = FakePki.key("secp256r1");
    private static final String FMSPC = "00806f050000";
    private String issued = "2026-05-20T00:00:00Z";
    private String next = "2026-06-20T00:00:00Z";

    /** What happens to the quote after it is signed. */
    java.util.function.UnaryOperator<byte[]> after = b -> b;

    /** When it is judged. */
    public Instant at = Instant.parse("2026-06-01T00:00:00Z");

    final TeeType tee;
    int version;
    int bodyType;
    /** The body; see the offsets of {@link TdReport} and {@link EnclaveReport}. */
    public byte[] body;

    final byte[] qeReport = new byte[EnclaveReport.LENGTH];
    byte[] authentication = new byte[32];
    KeyPair attestationKey = ATTESTATION_KEY;
    KeyPair pckKey = PCK_KEY;
    boolean bindKey = true;
    /** What stands behind the quote. */
    public byte[] padding = new byte[0];

    FakePki.Spec root = FakePki.Spec.authority(ROOT, ROOT_KEY, ROOT, ROOT_KEY, 1);
    FakePki.Spec ca = FakePki.Spec.authority(CA, CA_KEY, ROOT, ROOT_KEY, 0);
    FakePki.Spec pck = FakePki.Spec.leaf(PCK, PCK_KEY, CA, CA_KEY, 100)
            .sgx(FakePki.sgx(List.of(5, 5, 2, 2, 3, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0), 11, "0000", FMSPC));
    FakePki.Spec signer = FakePki.Spec.leaf(SIGNER, SIGNER_KEY, ROOT, ROOT_KEY, 200);
    List<FakePki.Spec> chain;
    List<FakePki.Spec> signingChain;
    Anchors anchors;

    /** What is signed as {@code tcbInfo}. */
    public final ObjectNode tcbInfo;
    /** What is signed as {@code enclaveIdentity}. */
    public final ObjectNode identity;
    /** Collateral that takes the place of what is made; an empty one is left out. */
    public final Map<Part, byte[]> instead = new EnumMap<>(Part.class);

    /** A quote of a TDX 1.0 domain, version 4, or of an enclave, version 3. */
    public FakeQuote(TeeType tee) {
        this.tee = tee;
        boolean tdx = tee == TeeType.TDX;
        version = tdx ? 4 : 3;
        bodyType = tdx ? 2 : 1;
        body = tdx ? tdBody(TdReport.LENGTH_10) : new byte[EnclaveReport.LENGTH];
        if (!tdx) {
            body[48] = 5;
        }
        put(qeReport, 48, "1100000000000000");
        put(qeReport, 128, "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5");
        qeReport[256] = 2;
        qeReport[258] = 4;
        tcbInfo = (ObjectNode) Json.read("""
                {"id":"%s","version":3,"issueDate":"%s","nextUpdate":"%s","fmspc":"%s","pceId":"0000","tcbType":0,
                "tcbEvaluationDataNumber":18,%s
                "tcbLevels":[%s,%s]}""".formatted(
                        tee.name(),
                        issued,
                        next,
                        FMSPC.toUpperCase(Locale.ROOT),
                        tdx ? modules() : "",
                        level(5, 11, "UpToDate", tdx),
                        level(4, 5, "OutOfDate", tdx)));
        identity = (ObjectNode) Json.read("""
                {"id":"%s","version":2,"issueDate":"%s","nextUpdate":"%s","tcbEvaluationDataNumber":18,
                "miscselect":"00000000","miscselectMask":"FFFFFFFF","attributes":"11000000000000000000000000000000",
                "attributesMask":"FBFFFFFFFFFFFFFF0000000000000000",
                "mrsigner":"DC9E2A7C6F948F17474E34A7FC43ED030F7C1563F1BABDDF6340C82E0E54A8C5","isvprodid":2,
                "tcbLevels":[{"tcb":{"isvsvn":4},"tcbDate":"2026-01-01T00:00:00Z","tcbStatus":"UpToDate"},
                {"tcb":{"isvsvn":2},"tcbDate":"2025-01-01T00:00:00Z","tcbStatus":"OutOfDate",
                "advisoryIDs":["INTEL-SA-2"]}]}""".formatted(tee.enclaveIdentity(), issued, next));
    }

    /** Makes it of version 5 with a body of TDX 1.5. */
    public FakeQuote later() {
        version = 5;
        bodyType = 3;
        body = tdBody(TdReport.LENGTH_15);
        return this;
    }

    /** Dates certificates and collateral so that they are in force at a time, to the day. */
    public FakeQuote asOf(Instant time) {
        at = time;
        Instant day = time.truncatedTo(ChronoUnit.DAYS);
        issued = day.minus(10, ChronoUnit.DAYS).toString();
        next = day.plus(20, ChronoUnit.DAYS).toString();
        for (ObjectNode document : List.of(tcbInfo, identity)) {
            document.put("issueDate", issued).put("nextUpdate", next);
        }
        String from = day.minus(100, ChronoUnit.DAYS).toString();
        String until = day.plus(100, ChronoUnit.DAYS).toString();
        root = root.valid(from, until);
        ca = ca.valid(from, until);
        pck = pck.valid(from, until);
        signer = signer.valid(from, until);
        return this;
    }

    /** Writes hex into the body. */
    public void body(int offset, String hex) {
        put(body, offset, hex);
    }

    /** Judges it. */
    public Appraisal appraise(Optional<? extends IntelPolicy> policy) throws Exception {
        byte[] quote = quote();
        return QuoteVerifier.appraise(tee, quote, collateral(), anchors(), at, policy);
    }

    /** The root in PEM; by name and key that of the quotes' chains, whose signatures are others. */
    public byte[] anchor() throws Exception {
        return FakePki.pem(anchors().roots());
    }

    /** Writes collateral as a site's folder of certificates has it. */
    public void write(Path certificates) throws Exception {
        Path intel = Files.createDirectories(certificates.resolve("intel"));
        Path ofTee = intel.resolve(tee.name().toLowerCase(Locale.ROOT));
        Path ofPlatform = Files.createDirectories(ofTee.resolve(FMSPC));
        Map<Part, Path> files = Map.of(
                Part.TCB_INFO, ofPlatform.resolve("tcb_info.json"),
                Part.TCB_CHAIN, ofPlatform.resolve("tcb_sign_chain.pem"),
                Part.QE_IDENTITY, ofTee.resolve("qe_identity.json"),
                Part.QE_CHAIN, ofTee.resolve("qe_sign_chain.pem"),
                Part.ROOT_CRL, intel.resolve("root_ca_crl.der"),
                Part.PCK_CRL, intel.resolve("pck_crl_platform.der"));
        Collateral collateral = collateral();
        for (Map.Entry<Part, Path> file : files.entrySet()) {
            Files.write(file.getValue(), collateral.get(file.getKey()).orElseThrow());
        }
    }

    Anchors anchors() throws Exception {
        return anchors == null ? new Anchors(List.of(root.make())) : anchors;
    }

    /** The quote. */
    public byte[] quote() throws Exception {
        ByteBuffer header = buffer(48 + (version == 5 ? 6 : 0));
        header.putShort((short) version)
                .putShort((short) 2)
                .putInt((int) tee.wire())
                .putInt(0);
        header.put(HexFormat.of().parseHex("939a7233f79c4ca9940a0db3957f0607")).position(48);
        if (version == 5) {
            header.putShort((short) bodyType).putInt(body.length);
        }
        byte[] signed = concat(header.array(), body);
        byte[] key = point(attestationKey);
        if (bindKey) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(key);
            System.arraycopy(sha256.digest(authentication), 0, qeReport, 320, 32);
        }
        byte[] inner = concat(
                qeReport,
                sign(pckKey, qeReport),
                buffer(2).putShort((short) authentication.length).array(),
                authentication,
                certification(5, pem(chain == null ? List.of(pck, ca, root) : chain)));
        byte[] data = concat(sign(attestationKey, signed), key, version > 3 ? certification(6, inner) : inner);
        return after.apply(concat(signed, buffer(4).putInt(data.length).array(), data, padding));
    }

    Collateral collateral() throws Exception {
        Map<Part, byte[]> parts = new EnumMap<>(Part.class);
        byte[] signing = pem(signingChain == null ? List.of(signer, root) : signingChain);
        parts.put(Part.TCB_CHAIN, signing);
        parts.put(Part.QE_CHAIN, signing);
        parts.put(Part.TCB_INFO, document("tcbInfo", tcbInfo));
        parts.put(Part.QE_IDENTITY, document("enclaveIdentity", identity));
        parts.put(Part.ROOT_CRL, FakePki.crl(ROOT, ROOT_KEY, issued, next));
        parts.put(Part.PCK_CRL, FakePki.crl(CA, CA_KEY, issued, next));
        parts.putAll(instead);
        parts.values().removeIf(b -> b.length == 0);
        return new Collateral(parts);
    }

    byte[] document(String member, ObjectNode body) throws Exception {
        String text = new String(Json.write(body), StandardCharsets.US_ASCII);
        return "{\"%s\": %s,\"signature\":\"%s\"}"
                .formatted(
                        member,
                        text,
                        HexFormat.of().formatHex(sign(SIGNER_KEY, text.getBytes(StandardCharsets.US_ASCII))))
                .getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] sign(KeyPair key, byte[] message) throws Exception {
        Signature ecdsa = Signature.getInstance("SHA256withECDSAinP1363Format");
        ecdsa.initSign(key.getPrivate());
        ecdsa.update(message);
        return ecdsa.sign();
    }

    private static byte[] pem(List<FakePki.Spec> specs) throws Exception {
        List<X509Certificate> out = new ArrayList<>();
        for (FakePki.Spec spec : specs) {
            out.add(spec.make());
        }
        return FakePki.pem(out);
    }

    private static byte[] certification(int type, byte[] data) {
        return concat(buffer(6).putShort((short) type).putInt(data.length).array(), data);
    }

    private static byte[] point(KeyPair key) {
        var w = ((ECPublicKey) key.getPublic()).getW();
        return concat(fixed(w.getAffineX().toByteArray()), fixed(w.getAffineY().toByteArray()));
    }

    private static byte[] fixed(byte[] number) {
        byte[] out = new byte[32];
        int from = Math.max(0, number.length - 32);
        System.arraycopy(number, from, out, 32 - (number.length - from), number.length - from);
        return out;
    }

    private static byte[] tdBody(int length) {
        byte[] body = new byte[length];
        put(body, 0, "05010500000000000000000000000000");
        put(body, 120, "0000001000000000");
        put(body, 128, "e702060000000000");
        put(body, 136, "aa".repeat(48));
        if (length == TdReport.LENGTH_15) {
            put(body, 584, "05010500000000000000000000000000");
        }
        return body;
    }

    private static String modules() {
        String zeros = "\"mrsigner\":\"%s\",\"attributes\":\"0000000000000000\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\""
                .formatted("00".repeat(48));
        return """
                "tdxModule":{%s},"tdxModuleIdentities":[{"id":"TDX_03",%s,"tcbLevels":[{"tcb":{"isvsvn":3},
                "tcbStatus":"UpToDate"}]},{"id":"TDX_01",%s,"tcbLevels":[{"tcb":{"isvsvn":5},"tcbStatus":"UpToDate"},
                {"tcb":{"isvsvn":2},"tcbStatus":"OutOfDate","advisoryIDs":["INTEL-SA-3"]},
                {"tcb":{"isvsvn":1},"tcbStatus":"Revoked"}]}],""".formatted(zeros, zeros, zeros);
    }

    private static String level(int svn, int pceSvn, String status, boolean tdx) {
        return """
                {"tcb":{"sgxtcbcomponents":%s,"pcesvn":%d%s},"tcbDate":"2026-01-01T00:00:00Z","tcbStatus":"%s"%s}""".formatted(
                        components(svn, svn, 2, 2, 3, 1, 0, 3),
                        pceSvn,
                        tdx ? ",\"tdxtcbcomponents\":" + components(5, 0, svn) : "",
                        status,
                        status.equals("UpToDate") ? "" : ",\"advisoryIDs\":[\"INTEL-SA-1\"]");
    }

    private static String components(int... svns) {
        return Arrays.stream(Arrays.copyOf(svns, 16))
                .mapToObj("{\"svn\":%d}"::formatted)
                .collect(java.util.stream.Collectors.joining(",", "[", "]"));
    }

    static void put(byte[] into, int offset, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        System.arraycopy(bytes, 0, into, offset, bytes.length);
    }

    private static ByteBuffer buffer(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
