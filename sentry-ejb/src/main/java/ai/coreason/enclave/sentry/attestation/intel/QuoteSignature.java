package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;

/**
 * The signature data of a quote: the attestation key's signature, and how the platform vouches for that key (Intel TDX DCAP
 * Quoting Library API, appendix A.3.4 to A.3.12). Arrays are not copied: instances stay inside this package.
 *
 * <p>64 bytes signature, 64 attestation key; from version 4 on a certification of type 6 whose data is the rest: 384 report
 * of the quoting enclave, 64 its signature, 2 length of the authentication data and they, then a certification of type 5,
 * which is the chain of PCK certificates in PEM. A certification is 2 bytes of type, 4 of length and data.
 *
 * @param signature over header and body, r and s
 * @param attestationKey x and y
 * @param qeReport the quoting enclave's report
 * @param qeReportSignature by the PCK, r and s
 * @param authenticationData what the quoting enclave hashed with the key
 * @param pckChain certificates in PEM
 */
record QuoteSignature(
        byte[] signature,
        byte[] attestationKey,
        byte[] qeReport,
        byte[] qeReportSignature,
        byte[] authenticationData,
        byte[] pckChain) {
    private static final int PCK_CHAIN = 5;
    private static final int QE_REPORT = 6;

    static QuoteSignature parse(int version, byte[] data) throws MalformedEvidence {
        ByteReader in = new ByteReader("signature_data", data);
        byte[] signature = in.bytes(64);
        byte[] key = in.bytes(64);
        ByteReader inner = version > 3 ? certification(in, QE_REPORT, "qe_certification") : in;
        byte[] report = inner.bytes(EnclaveReport.LENGTH);
        byte[] reportSignature = inner.bytes(64);
        byte[] authentication = inner.bytes(inner.u16());
        ByteReader chain = certification(inner, PCK_CHAIN, "pck_chain");
        return new QuoteSignature(signature, key, report, reportSignature, authentication, chain.bytes(chain.left()));
    }

    private static ByteReader certification(ByteReader in, int type, String part) throws MalformedEvidence {
        in.expect("certification data type", type, in.u16());
        byte[] data = in.bytes(in.u32());
        in.end();
        return new ByteReader(part, data);
    }
}
