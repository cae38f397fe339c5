package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/**
 * Which collateral a quote needs, and whether documents from elsewhere are that: what a provisioning service or a folder is
 * asked for. No document is trusted by it: chains are not followed to a root. Immutable and thread-safe.
 *
 * @param tee the kind of environment
 * @param fmspc the platform's family: 6 bytes, lower-case hex
 * @param authority who issued the PCK certificate: {@code platform} or {@code processor}
 */
public record QuoteIdentity(TeeType tee, String fmspc, String authority) {
    private static final String PLATFORM = "Intel SGX PCK Platform CA";
    private static final String PROCESSOR = "Intel SGX PCK Processor CA";
    private static final String ROOT = "Intel SGX Root CA";

    /**
     * What a quote and the certificates in it say.
     *
     * @throws MalformedEvidence if it is no quote, or its first certificate is not of a platform of Intel's
     */
    public static QuoteIdentity of(byte[] quote) throws MalformedEvidence {
        Quote parsed = Quote.parse(quote);
        X509Certificate leaf =
                Certificates.parse("pck_chain", parsed.signature().pckChain()).get(0);
        String issuer = Certificates.commonName(leaf.getIssuerX500Principal());
        if (!issuer.equals(PLATFORM) && !issuer.equals(PROCESSOR)) {
            throw new MalformedEvidence(new Reason("pck_chain[0].issuer", PLATFORM + " or " + PROCESSOR, issuer));
        }
        return new QuoteIdentity(
                parsed.tee(), PckPlatform.of(leaf).fmspc(), issuer.equals(PLATFORM) ? "platform" : "processor");
    }

    /** Until when TCB info is good; empty if it is not of this family, or not signed by the chain's first certificate. */
    public Optional<Instant> tcbInfo(byte[] json, byte[] chain) {
        try {
            TcbInfo info = TcbInfo.read(signed("tcb_info", "tcbInfo", json, chain));
            return info.tee() == tee && info.fmspc().equals(fmspc) ? Optional.of(info.nextUpdate()) : Optional.empty();
        } catch (MalformedEvidence e) {
            return Optional.empty();
        }
    }

    /** The same of the quoting enclave's identity. */
    public Optional<Instant> qeIdentity(byte[] json, byte[] chain) {
        try {
            QeIdentity identity = QeIdentity.read(signed("qe_identity", "enclaveIdentity", json, chain));
            return identity.id().equals(tee.enclaveIdentity()) ? Optional.of(identity.nextUpdate()) : Optional.empty();
        } catch (MalformedEvidence e) {
            return Optional.empty();
        }
    }

    /** Until when a revocation list in DER is good; empty if it is not of the authority of the PCK certificate. */
    public Optional<Instant> pckCrl(byte[] der) {
        return crl(der, authority.equals("platform") ? PLATFORM : PROCESSOR);
    }

    /** The same of the root's list. */
    public static Optional<Instant> rootCrl(byte[] der) {
        return crl(der, ROOT);
    }

    private static Optional<Instant> crl(byte[] der, String issuer) {
        try {
            RevocationList list = RevocationList.parse("crl", der);
            Date next = list.crl().getNextUpdate();
            return Certificates.commonName(list.crl().getIssuerX500Principal()).equals(issuer)
                    ? Optional.of(next == null ? Instant.MIN : next.toInstant())
                    : Optional.empty();
        } catch (MalformedEvidence e) {
            return Optional.empty();
        }
    }

    private static SignedDocument signed(String name, String member, byte[] json, byte[] chain)
            throws MalformedEvidence {
        SignedDocument document = SignedDocument.parse(name, member, json);
        List<X509Certificate> signers = Certificates.parse(name + "_chain", chain);
        if (!P256.isKey(signers.get(0).getPublicKey())
                || !document.signedBy(signers.get(0).getPublicKey())) {
            throw new MalformedEvidence(new Reason(name + ".signature", "by its signer", "another"));
        }
        return document;
    }
}
