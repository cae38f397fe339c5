package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.IncompleteEvidence;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.folder.EvidenceFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Folders that evidence of a SEV-SNP guest comes in. Stateless and thread-safe.
 *
 * <ul>
 *   <li>{@code snp} and {@code snp-synthetic}: {@code report.bin}, {@code vek.der} and {@code chain.pem}. The synthetic ones
 *       are signed under roots of their own, which the caller has to bring.
 *   <li>{@code snp-azure-vtpm}: {@code hcl_report.bin} in place of the report, and {@code runtime_data.json} if there is one.
 *   <li>{@code snp-configfs-tsm}: {@code provider}, {@code outblob} with the report, {@code auxblob} with certificates.
 * </ul>
 *
 * <p>The root's revocation list stands in {@code crl.der}, {@code crl.pem}, a file of another name, or beside the certificates
 * of {@code chain.pem}, in a form of {@link ai.coreason.enclave.sentry.attestation.ListEncoding}. A file of over 1 MiB is
 * refused unread. Without its report, or a certificate that an authentic report
 * needs, a folder could not be judged.
 */
public final class SnpFolder {
    private static final Set<String> KINDS = Set.of("snp", "snp-synthetic", "snp-azure-vtpm", "snp-configfs-tsm");
    private static final String LIST = "crl";

    private SnpFolder() {}

    /**
     * Judges a folder.
     *
     * @param kind {@code snp}, {@code snp-synthetic}, {@code snp-azure-vtpm} or {@code snp-configfs-tsm}
     * @throws IllegalArgumentException if the kind is another
     */
    public static Appraisal appraise(
            Path folder, String kind, Anchors anchors, Instant at, Optional<SnpPolicy> policy) {
        if (!KINDS.contains(kind)) {
            throw new IllegalArgumentException("kind: expected one of SEV-SNP, got " + kind);
        }
        return EvidenceFolder.judge(folder, policy.isPresent(), files -> judge(files, kind, anchors, at, policy));
    }

    private static Appraisal judge(
            EvidenceFolder files, String kind, Anchors anchors, Instant at, Optional<SnpPolicy> policy)
            throws IOException, IncompleteEvidence {
        Findings findings = new Findings();
        try {
            return SnpVerifier.appraise(evidence(files, kind, findings), anchors, at, policy, findings);
        } catch (MalformedEvidence e) {
            findings.broken(e.reason());
            return Appraisal.of(findings.broken(), findings.open(), Appraisal.Claims.none());
        }
    }

    private static SnpVerifier.Evidence evidence(EvidenceFolder files, String kind, Findings findings)
            throws IOException, MalformedEvidence, IncompleteEvidence {
        return switch (kind) {
            case "snp-azure-vtpm" -> {
                HclReport hcl = HclReport.parse(files.required("hcl_report.bin"));
                hcl.check(files.read("runtime_data.json"), findings);
                yield beside(files, hcl.report());
            }
            case "snp-configfs-tsm" -> {
                SnpVerifier.Evidence own = CertificateTable.evidence(
                        files.required("provider"), files.required("outblob"), files.read("auxblob"));
                Optional<byte[]> crl = own.crl().isPresent()
                        ? files.inside("auxblob", own.crl().get())
                        : list(files);
                yield new SnpVerifier.Evidence(own.report(), own.vek(), own.chain(), crl);
            }
            default -> beside(files, files.required("report.bin"));
        };
    }

    private static SnpVerifier.Evidence beside(EvidenceFolder files, byte[] report)
            throws IOException, MalformedEvidence {
        return new SnpVerifier.Evidence(report, files.read("vek.der"), files.read("chain.pem"), list(files));
    }

    /** The list under its own name, else the one that lies there. */
    private static Optional<byte[]> list(EvidenceFolder files) {
        return files.list(LIST).or(files::anyList);
    }
}
