package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.intel.CertificatePath.Use;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The judgement of one quote: its form, the signatures from the pinned root down to the body, the collateral, and a policy.
 * A quote that is not genuine, or collateral that does not hold, ends the judgement before the policy. Thread-safe.
 */
public final class QuoteVerifier {
    private static final int HASH = 32;

    private final Collateral collateral;
    private final Anchors anchors;
    private final Instant at;
    private final Findings findings = new Findings();

    private QuoteVerifier(Collateral collateral, Anchors anchors, Instant at) {
        this.collateral = collateral;
        this.anchors = anchors;
        this.at = at;
    }

    /**
     * What a quote states, which proves nothing before it is judged.
     *
     * @throws MalformedEvidence if it is not of the form, or not whole
     */
    public static QuoteBody read(byte[] quote) throws MalformedEvidence {
        return Quote.parse(quote).body();
    }

    /**
     * Judges a quote.
     *
     * @param tee the kind of environment it is said to be of
     * @param quote as it came
     * @param at the time for which certificates and collateral have to be good
     * @param policy without one, what is judged is whether the quote is genuine
     */
    public static Appraisal appraise(
            TeeType tee,
            byte[] quote,
            Collateral collateral,
            Anchors anchors,
            Instant at,
            Optional<? extends IntelPolicy> policy) {
        if (policy.isPresent() && policy.get().tee() != tee) {
            throw new IllegalArgumentException(
                    "policy: expected one for " + tee + ", got " + policy.get().tee());
        }
        QuoteVerifier verifier = new QuoteVerifier(collateral, anchors, at);
        try {
            return verifier.appraise(tee, Quote.parse(quote), policy);
        } catch (MalformedEvidence e) {
            verifier.findings.broken(e.reason());
            return verifier.findings.appraisal(Appraisal.Claims.none());
        }
    }

    private Appraisal appraise(TeeType tee, Quote quote, Optional<? extends IntelPolicy> policy)
            throws MalformedEvidence {
        EnclaveReport qe = EnclaveReport.parse("qe_report", quote.signature().qeReport());
        findings.check(
                quote.tee() == tee, "quote.tee_type", tee.name(), quote.tee().name());
        Optional<CertificatePath> pck = pckPath(quote.signature().pckChain());
        signatures(quote, qe, pck);
        Optional<PckPlatform> platform = pck.flatMap(this::platform);
        VerifiedCollateral verified = VerifiedCollateral.verify(collateral, pck, anchors, at, findings);
        Optional<TcbEvaluation> evaluation = Optional.empty();
        if (findings.count() == 0 && platform.isPresent()) {
            verified.judge(tee, platform.get(), findings);
        }
        if (findings.count() == 0 && platform.isPresent()) {
            match(verified, quote, qe);
            evaluation = verified.tcbInfo()
                    .flatMap(info -> verified.qeIdentity()
                            .map(id -> TcbEvaluation.of(info, id, platform.get(), quote.body(), qe)));
        }
        if (findings.count() == 0 && policy.isPresent()) {
            policy.get().judge(quote.body()).forEach(findings::broken);
            policy.get().platform().judge(quote.padding(), verified, evaluation, at, findings);
        }
        return findings.appraisal(claims(quote, qe, platform, evaluation));
    }

    private Optional<CertificatePath> pckPath(byte[] pem) throws MalformedEvidence {
        List<X509Certificate> chain = Certificates.parse("pck_chain", pem);
        Optional<byte[]> beside = collateral.get(Part.PCK_CHAIN);
        if (beside.isPresent()) {
            try {
                findings.check(
                        Certificates.parse(Part.PCK_CHAIN.file(), beside.get()).equals(chain),
                        Part.PCK_CHAIN.file(),
                        "the quote's own certificates",
                        "others");
            } catch (MalformedEvidence e) {
                findings.broken(e.reason());
            }
        }
        return CertificatePath.verify("pck_chain", chain, Use.PCK, anchors, at, findings);
    }

    private void signatures(Quote quote, EnclaveReport qe, Optional<CertificatePath> pck) {
        QuoteSignature signature = quote.signature();
        pck.ifPresent(path -> findings.check(
                P256.verifyKnown(path.leaf().getPublicKey(), signature.qeReport(), signature.qeReportSignature()),
                "qe_report.signature",
                "by the PCK",
                "another"));
        Optional<PublicKey> key = P256.key(signature.attestationKey());
        if (!findings.check(key.isPresent(), "attestation_key", "a point of P-256", "another")) {
            return;
        }
        String bound = ByteReader.hex(
                Arrays.copyOf(sha256(signature.attestationKey(), signature.authenticationData()), 2 * HASH));
        findings.check(qe.reportData().equals(bound), "qe_report.report_data", bound, qe.reportData());
        findings.check(
                P256.verify(key.get(), quote.signed(), signature.signature()),
                "quote.signature",
                "by the attestation key",
                "another");
    }

    private Optional<PckPlatform> platform(CertificatePath path) {
        try {
            return Optional.of(PckPlatform.of(path.leaf()));
        } catch (MalformedEvidence e) {
            findings.broken(e.reason());
            return Optional.empty();
        }
    }

    /** Notes a quoting enclave or a TDX module that is not Intel's; a module that Intel does not list has no TCB level. */
    private void match(VerifiedCollateral verified, Quote quote, EnclaveReport qe) {
        verified.qeIdentity().ifPresent(i -> i.judge(qe, findings));
        if (quote.body() instanceof TdReport td) {
            verified.tcbInfo().flatMap(i -> i.module(td.teeTcbSvn())).ifPresent(m -> m.judge(td, findings));
        }
    }

    private static Appraisal.Claims claims(
            Quote quote, EnclaveReport qe, Optional<PckPlatform> platform, Optional<TcbEvaluation> evaluation) {
        ObjectNode tcb = Json.object();
        tcb.put("quote_version", quote.version());
        tcb.put("padding_bytes", quote.padding().length);
        if (quote.body() instanceof TdReport td) {
            tcb.put("tee_tcb_svn", td.teeTcbSvn());
            td.teeTcbSvn2().ifPresent(svn -> tcb.put("tee_tcb_svn2", svn));
            tcb.put("td_attributes", "%016x".formatted(td.tdAttributes()));
            tcb.put("xfam", "%016x".formatted(td.xfam()));
            tcb.put("mr_seam", td.mrSeam());
            td.rtmrs().forEach(tcb.putArray("rtmr")::add);
        } else if (quote.body() instanceof EnclaveReport enclave) {
            tcb.put("mr_signer", enclave.mrSigner());
            tcb.put("isv_prod_id", enclave.isvProdId());
            tcb.put("isv_svn", enclave.isvSvn());
            tcb.put("attributes", enclave.attributes());
        }
        tcb.put("qe_isv_svn", qe.isvSvn());
        platform.ifPresent(p -> {
            tcb.put("fmspc", p.fmspc());
            tcb.put("pce_id", p.pceId());
            tcb.put("pce_svn", p.pceSvn());
            tcb.put("cpu_svn", p.cpuSvn());
            p.components().forEach(tcb.putArray("sgx_components")::add);
        });
        evaluation.ifPresent(e -> {
            tcb.put("status", e.status().wire());
            tcb.put("platform_status", e.platform().wire());
            tcb.put("module_status", e.module().wire());
            tcb.put("qe_status", e.quotingEnclave().wire());
            e.advisories().forEach(tcb.putArray("advisories")::add);
        });
        String product = quote.tee().product()
                + platform.map(p -> ", FMSPC " + p.fmspc()).orElse("");
        return new Appraisal.Claims(quote.body().measurement(), quote.body().reportData(), product, tcb);
    }

    private static byte[] sha256(byte[] first, byte[] second) {
        MessageDigest digest = Digests.sha256();
        digest.update(first);
        return digest.digest(second);
    }
}
