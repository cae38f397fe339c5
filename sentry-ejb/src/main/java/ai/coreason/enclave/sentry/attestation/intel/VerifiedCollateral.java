package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.intel.CertificatePath.Use;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * The collateral that is signed by Intel and good at the time of judgement. Whatever is there and is not, is a broken rule.
 *
 * @param tcbInfo of the platform's family
 * @param qeIdentity of the quoting enclave
 * @param pckCrl of the PCK certificate's issuer
 * @param rootCrl of the root
 */
record VerifiedCollateral(
        Optional<TcbInfo> tcbInfo,
        Optional<QeIdentity> qeIdentity,
        Optional<RevocationList> pckCrl,
        Optional<RevocationList> rootCrl) {

    /**
     * Judges collateral.
     *
     * @param pck the platform's chain, if it holds; without it nothing is said of its revocation
     */
    static VerifiedCollateral verify(
            Collateral collateral, Optional<CertificatePath> pck, Anchors anchors, Instant at, Findings findings) {
        Part qeChain = collateral.get(Part.QE_CHAIN).isPresent() ? Part.QE_CHAIN : Part.TCB_CHAIN;
        Optional<CertificatePath> tcb = path(collateral, Part.TCB_CHAIN, anchors, at, findings);
        Optional<CertificatePath> qe =
                qeChain == Part.TCB_CHAIN ? tcb : path(collateral, Part.QE_CHAIN, anchors, at, findings);
        Optional<TcbInfo> tcbInfo = document(collateral, Part.TCB_INFO, Part.TCB_CHAIN, "tcbInfo", tcb, findings)
                .flatMap(d -> read(TcbInfo::read, d, findings))
                .filter(i -> current("tcb_info", i.issued(), i.nextUpdate(), at, findings));
        Optional<QeIdentity> identity = document(collateral, Part.QE_IDENTITY, qeChain, "enclaveIdentity", qe, findings)
                .flatMap(d -> read(QeIdentity::read, d, findings))
                .filter(i -> current("qe_identity", i.issued(), i.nextUpdate(), at, findings));
        Optional<RevocationList> rootCrl =
                crl(collateral, Part.ROOT_CRL, pck.or(() -> tcb).or(() -> qe).map(CertificatePath::root), at, findings);
        Optional<RevocationList> pckCrl = crl(collateral, Part.PCK_CRL, pck.map(CertificatePath::issuer), at, findings);
        pck.ifPresent(p -> {
            pckCrl.ifPresent(c -> c.judge("pck_chain[0]", p.leaf(), findings));
            rootCrl.ifPresent(c -> c.judge("pck_chain[1]", p.issuer(), findings));
        });
        rootCrl.ifPresent(c -> {
            tcb.ifPresent(p -> c.judge("tcb_sign_chain[0]", p.leaf(), findings));
            qe.filter(p -> qeChain == Part.QE_CHAIN).ifPresent(p -> c.judge("qe_sign_chain[0]", p.leaf(), findings));
        });
        return new VerifiedCollateral(tcbInfo, identity, pckCrl, rootCrl);
    }

    /** Notes collateral that is of another platform or another kind of environment. */
    void judge(TeeType tee, PckPlatform platform, Findings findings) {
        tcbInfo.ifPresent(i -> {
            findings.check(i.tee() == tee, "tcb_info.id", tee.name(), i.tee().name());
            findings.check(i.fmspc().equals(platform.fmspc()), "tcb_info.fmspc", platform.fmspc(), i.fmspc());
            findings.check(i.pceId().equals(platform.pceId()), "tcb_info.pce_id", platform.pceId(), i.pceId());
        });
        qeIdentity.ifPresent(i ->
                findings.check(i.id().equals(tee.enclaveIdentity()), "qe_identity.id", tee.enclaveIdentity(), i.id()));
    }

    private static Optional<CertificatePath> path(
            Collateral collateral, Part part, Anchors anchors, Instant at, Findings findings) {
        String name = name(part);
        return collateral
                .get(part)
                .flatMap(pem -> read(p -> Certificates.parse(name, p), pem, findings))
                .flatMap(c -> CertificatePath.verify(name, c, Use.SIGNING, anchors, at, findings));
    }

    private static Optional<SignedDocument> document(
            Collateral collateral,
            Part part,
            Part chain,
            String member,
            Optional<CertificatePath> signer,
            Findings findings) {
        String name = name(part);
        Optional<SignedDocument> document =
                collateral.get(part).flatMap(json -> read(j -> SignedDocument.parse(name, member, j), json, findings));
        if (document.isPresent() && collateral.get(chain).isEmpty()) {
            findings.open(name + ".signature", chain.file(), "nothing");
        }
        Optional<PublicKey> key = signer.map(CertificatePath::leaf).map(X509Certificate::getPublicKey);
        return document.filter(d -> key.isPresent()
                && findings.check(d.signedBy(key.get()), name + ".signature", "by its signer", "another"));
    }

    private static Optional<RevocationList> crl(
            Collateral collateral, Part part, Optional<X509Certificate> authority, Instant at, Findings findings) {
        return collateral
                .get(part)
                .flatMap(der -> read(d -> RevocationList.parse(name(part), d), der, findings))
                .filter(c -> authority.isPresent() && c.verify(authority.get(), at, findings));
    }

    private static boolean current(String name, Instant from, Instant until, Instant at, Findings findings) {
        return findings.check(
                !at.isBefore(from) && !at.isAfter(until), name + ".validity", from + " to " + until, at.toString());
    }

    private static String name(Part part) {
        return part.file().substring(0, part.file().lastIndexOf('.'));
    }

    private interface Reader<A, B> {
        B read(A from) throws MalformedEvidence;
    }

    private static <A, B> Optional<B> read(Reader<A, B> reader, A from, Findings findings) {
        try {
            return Optional.of(reader.read(from));
        } catch (MalformedEvidence e) {
            findings.broken(e.reason());
            return Optional.empty();
        }
    }
}
