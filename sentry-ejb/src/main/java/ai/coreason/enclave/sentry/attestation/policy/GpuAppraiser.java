package ai.coreason.enclave.sentry.attestation.policy;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaEvidence;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaVerifier;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource.NvidiaCollateral;
import ai.coreason.enclave.sentry.contract.Evidence;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Judges what a GPU says beside a CPU's quote: whether it is genuine, and if so what the policy demands of it, its nonce
 * included. A rule for which a manifest or a list is missing does not hold. Thread-safe if the source is.
 *
 * @param anchors the roots that are trusted
 * @param certificates where manifests and lists come from
 */
record GpuAppraiser(Anchors anchors, CertificateSource certificates) {
    private static final String RULE = "gpu";

    /** As {@link #judge(Evidence.Gpu, ReportData, Instant, Optional)}; none at all is refused if the policy requires one. */
    List<Reason> judge(Optional<Evidence.Gpu> gpu, ReportData document, Instant at, Optional<NvidiaPolicy> policy) {
        if (gpu.isPresent()) {
            return judge(gpu.get(), document, at, policy);
        }
        return policy.filter(p -> p.device() == NvidiaPolicy.Device.REQUIRED).stream()
                .map(p -> new Reason(RULE, "an NVIDIA device's evidence", "none"))
                .toList();
    }

    /**
     * Why the GPU is not to be trusted, each rule behind {@code gpu.}; empty if it is.
     *
     * @param document what the CPU's quote is bound to; the GPU's nonce follows from it
     * @param policy the federation's for such devices; empty: none is trusted
     */
    private List<Reason> judge(Evidence.Gpu gpu, ReportData document, Instant at, Optional<NvidiaPolicy> policy) {
        if (policy.isEmpty()) {
            return List.of(new Reason(RULE, "one that the policy has a part for", "an NVIDIA device's"));
        }
        Optional<String> nonce = document.gpuNonce();
        if (nonce.isEmpty()) {
            return List.of(
                    new Reason(RULE + ".nonce", "one by the document's nonce and tls_spki_sha384", "no such document"));
        }
        NvidiaCollateral found = certificates.nvidia(gpu.report(), gpu.certificates());
        NvidiaEvidence evidence =
                new NvidiaEvidence(gpu.report(), gpu.certificates(), found.manifests(), found.lists());
        Appraisal judged = new NvidiaVerifier(anchors, at, Optional.empty()).verify(evidence);
        if (judged.result() == Appraisal.Result.VALID) {
            NvidiaPolicy asked = policy.get().withNonce(nonce.get());
            judged = new NvidiaVerifier(anchors, at, Optional.of(asked)).verify(evidence);
        }
        return judged.reasons().stream()
                .map(r -> new Reason(RULE + "." + r.rule(), r.expected(), r.came()))
                .toList();
    }
}
