package ai.coreason.enclave.sentry.attestation.policy;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.intel.IntelFolder;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaFolder;
import ai.coreason.enclave.sentry.attestation.snp.SnpFolder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The forms in which evidence lies in a folder. */
public enum EvidenceKind {
    /** {@code report.bin}, {@code vek.der}, {@code chain.pem}, and the revocation list where there is one. */
    SNP,
    /** The same, of a maker that is none: trusted only where its root is given. */
    SNP_SYNTHETIC,
    /** {@code outblob}, {@code auxblob} and {@code provider}, as Linux's configfs-tsm gives them. */
    SNP_CONFIGFS_TSM,
    /** {@code hcl_report.bin} of an Azure confidential VM's vTPM, with certificates. */
    SNP_AZURE_VTPM,
    /** {@code quote.bin} of a TD, and collateral where there is some. */
    TDX,
    /** {@code quote.bin} of an enclave, and collateral where there is some. */
    SGX,
    /** {@code evidence.bin} and {@code cert_chain.pem} of a GPU, and manifests where there are some. */
    NVIDIA,
    /** Reference integrity manifests alone. */
    NVIDIA_RIM;

    /** The name on a command line. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All names, for people. */
    public static String names() {
        return Arrays.stream(values()).map(EvidenceKind::wire).collect(Collectors.joining(", "));
    }

    /** The kind of a name. */
    public static Optional<EvidenceKind> named(String wire) {
        return Arrays.stream(values()).filter(k -> k.wire().equals(wire)).findFirst();
    }

    /**
     * Judges the evidence of a folder; it has an answer whatever the folder holds, and whether or not there is one.
     *
     * @param anchors the roots that are trusted, all others are not
     * @param at the time that certificates and collateral have to be valid at
     * @param policy what is demanded beyond that the evidence is genuine; empty: nothing
     */
    public Appraisal appraise(Path folder, Anchors anchors, Instant at, Optional<TrustPolicy> policy) {
        try {
            return judged(folder, anchors, at, policy);
        } catch (RuntimeException | StackOverflowError e) {
            Reason failure = new Reason(
                    "verifier", "a judgement", "a failure: " + e.getClass().getSimpleName());
            return Appraisal.of(List.of(), List.of(failure), Appraisal.Claims.none());
        }
    }

    private Appraisal judged(Path folder, Anchors anchors, Instant at, Optional<TrustPolicy> policy) {
        return switch (this) {
            case SNP, SNP_SYNTHETIC, SNP_CONFIGFS_TSM, SNP_AZURE_VTPM ->
                judged(policy, TrustPolicy::snp, p -> SnpFolder.appraise(folder, wire(), anchors, at, p));
            case TDX -> judged(policy, TrustPolicy::tdx, p -> IntelFolder.appraise(folder, wire(), anchors, at, p));
            case SGX -> judged(policy, TrustPolicy::sgx, p -> IntelFolder.appraise(folder, wire(), anchors, at, p));
            case NVIDIA, NVIDIA_RIM ->
                judged(policy, TrustPolicy::nvidia, p -> NvidiaFolder.appraise(folder, wire(), anchors, at, p));
        };
    }

    @FunctionalInterface
    private interface Judge<P> {
        Appraisal judge(Optional<P> policy);
    }

    private <P> Appraisal judged(
            Optional<TrustPolicy> policy, Function<TrustPolicy, Optional<P>> part, Judge<P> judge) {
        Optional<P> own = policy.flatMap(part);
        Appraisal appraisal = judge.judge(own);
        if (policy.isPresent() && own.isEmpty() && appraisal.result() != Appraisal.Result.INVALID) {
            Reason kind = new Reason("kind", "hardware that the policy has a part for", wire());
            return new Appraisal(Appraisal.Result.INVALID, List.of(kind), appraisal.claims(), appraisal.unused());
        }
        return appraisal;
    }
}
