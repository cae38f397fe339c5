package ai.coreason.enclave.sentry.attestation.policy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.attestation.intel.QuoteVerifier;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource.SnpCertificates;
import ai.coreason.enclave.sentry.attestation.snp.CertificateTable;
import ai.coreason.enclave.sentry.attestation.snp.SnpVerifier;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Judges hardware evidence: whether the quote is genuine, what the policy demands of it, and whether it is bound to just
 * what the verifier asked for. A quote that is not genuine ends the judgement there; after that all reasons are told. What
 * evidence did not bring of certificates comes from the source; while that has revocation lists that it cannot use, nothing is
 * trusted, as one of them may be the one that revokes. Thread-safe if the source is.
 *
 * @param anchors the roots that are trusted
 * @param certificates where missing ones come from
 */
public record QuoteAppraiser(Anchors anchors, CertificateSource certificates) {
    /**
     * What evidence is asked for.
     *
     * @param expected what the verifier knows of the report data
     * @param at when certificates and lists have to be valid
     */
    public record Occasion(ReportData expected, Instant at) {
        private ReportData.Role role() {
            return expected.role();
        }
    }

    /**
     * Judges evidence of a CPU, and a GPU's where there is one beside it: that has to be the one that the quote is bound to, and
     * to hold by itself. What is proven is the CPU's measurement.
     */
    public Verdict judge(Evidence evidence, Occasion occasion, TrustPolicy policy) {
        ReportData reportData;
        try {
            reportData = ReportData.parse(occasion.role(), evidence.reportData(), "report_data_json");
        } catch (InvalidDocument e) {
            return new Verdict.Refused(
                    List.of(new Reason("report_data_json", "members of report data", e.getMessage())));
        }
        Optional<Function<Optional<TrustPolicy>, Appraisal>> judge = judge(evidence, occasion.at(), policy);
        if (judge.isEmpty()) {
            return new Verdict.Refused(List.of(new Reason(
                    "hardware_type",
                    "one that the policy has a part for",
                    evidence.hardwareType().name())));
        }
        Appraisal genuine = judge.get().apply(Optional.empty());
        if (genuine.result() != Appraisal.Result.VALID) {
            return new Verdict.Refused(genuine.reasons(), genuine.claims().measurement());
        }
        Appraisal demanded = judge.get().apply(Optional.of(policy));
        List<Reason> reasons = new ArrayList<>(demanded.reasons());
        bound(demanded.claims(), reportData).ifPresent(reasons::add);
        boundGpu(evidence, reportData).ifPresent(reasons::add);
        GpuAppraiser gpus = new GpuAppraiser(anchors, certificates);
        if (evidence.gpu().isPresent() || occasion.role() != ReportData.Role.OVERSEER) {
            reasons.addAll(gpus.judge(evidence.gpu(), reportData, occasion.at(), policy.nvidia()));
        }
        int lists = certificates.unusedLists().size();
        if (lists > 0) {
            reasons.add(new Reason("certificates", "revocation lists that can be used", lists + " that cannot"));
        }
        reasons.addAll(reportData.differences(occasion.expected()));
        String measurement = demanded.claims().measurement();
        return reasons.isEmpty() ? new Verdict.Trusted(measurement) : new Verdict.Refused(reasons, measurement);
    }

    private static Optional<Reason> bound(Appraisal.Claims claims, ReportData document) {
        String digest = HexFormat.of().formatHex(document.digest());
        return claims.reportData().equals(digest)
                ? Optional.empty()
                : Optional.of(new Reason("report_data", "the digest of the document, " + digest, claims.reportData()));
    }

    /** Whether the quote vouches for just the GPU's evidence that came with it, or for none. */
    private static Optional<Reason> boundGpu(Evidence evidence, ReportData document) {
        String bound = document.gpuEvidenceSha256().orElse("none");
        String came = evidence.gpu().map(Evidence.Gpu::sha256).orElse("none");
        return bound.equals(came)
                ? Optional.empty()
                : Optional.of(new Reason("report_data.gpu_evidence_sha256", "that of the evidence, " + came, bound));
    }

    /** How evidence of this kind is judged, with or without a policy; empty if the policy has no part for it. */
    private Optional<Function<Optional<TrustPolicy>, Appraisal>> judge(
            Evidence evidence, Instant at, TrustPolicy policy) {
        byte[] quote = evidence.quote();
        HardwareType type = evidence.hardwareType();
        if (type == HardwareType.AMD_SEV_SNP && policy.snp().isPresent()) {
            return Optional.of(snp(evidence, at));
        }
        if (type == HardwareType.INTEL_TDX && policy.tdx().isPresent()) {
            return Optional.of(p -> QuoteVerifier.appraise(
                    TeeType.TDX, quote, certificates.intel(quote), anchors, at, p.flatMap(TrustPolicy::tdx)));
        }
        if (type == HardwareType.INTEL_SGX && policy.sgx().isPresent()) {
            return Optional.of(p -> QuoteVerifier.appraise(
                    TeeType.SGX, quote, certificates.intel(quote), anchors, at, p.flatMap(TrustPolicy::sgx)));
        }
        return Optional.empty();
    }

    private Function<Optional<TrustPolicy>, Appraisal> snp(Evidence evidence, Instant at) {
        byte[] table = evidence.certificates();
        try {
            SnpVerifier.Evidence brought = CertificateTable.evidence(
                    evidence.quote(), Optional.of(table).filter(t -> t.length > 0));
            SnpVerifier.Evidence whole = completed(brought);
            return p -> SnpVerifier.appraise(whole, anchors, at, p.flatMap(TrustPolicy::snp));
        } catch (MalformedEvidence e) {
            return p -> Appraisal.of(List.of(e.reason()), List.of(), Appraisal.Claims.none());
        }
    }

    private SnpVerifier.Evidence completed(SnpVerifier.Evidence brought) {
        if (brought.vek().isPresent()
                && brought.chain().isPresent()
                && brought.crl().isPresent()) {
            return brought;
        }
        SnpCertificates found = certificates.snp(brought.report());
        return new SnpVerifier.Evidence(
                brought.report(),
                brought.vek().or(found::vek),
                brought.chain().or(found::chain),
                brought.crl().or(found::crl));
    }
}
