package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Folders that evidence of a SEV-SNP guest comes in. Stateless and thread-safe.
 *
 * <ul>
 *   <li>{@code snp} and {@code snp-synthetic}: {@code report.bin}, {@code vek.der}, {@code chain.pem}, and {@code crl.der} if
 *       there is one. The synthetic ones are signed under roots of their own, which the caller has to bring.
 *   <li>{@code snp-azure-vtpm}: {@code hcl_report.bin} in place of the report, and {@code runtime_data.json} if there is one.
 *   <li>{@code snp-configfs-tsm}: {@code provider}, {@code outblob} with the report, {@code auxblob} with certificates.
 * </ul>
 *
 * <p>A file of over 1 MiB is refused unread. Without its report a folder is not valid; without a certificate that an
 * authentic report needs, it could not be judged.
 */
public final class SnpFolder {
    private SnpFolder() {}

    /**
     * Judges a folder.
     *
     * @param kind {@code snp}, {@code snp-synthetic}, {@code snp-azure-vtpm} or {@code snp-configfs-tsm}
     * @throws IOException if the folder or a file in it cannot be read
     * @throws IllegalArgumentException if the kind is another
     */
    public static Appraisal appraise(Path folder, String kind, Anchors anchors, Instant at, Optional<SnpPolicy> policy)
            throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": expected a folder");
        }
        Findings findings = new Findings();
        try {
            return SnpVerifier.appraise(evidence(folder, kind, findings), anchors, at, policy, findings);
        } catch (MalformedEvidence e) {
            findings.broken(e.reason());
            return Appraisal.of(findings.broken(), findings.open(), Appraisal.Claims.none());
        }
    }

    private static SnpVerifier.Evidence evidence(Path folder, String kind, Findings findings)
            throws IOException, MalformedEvidence {
        return switch (kind) {
            case "snp", "snp-synthetic" -> beside(folder, required(folder, "report.bin"));
            case "snp-azure-vtpm" -> {
                HclReport hcl = HclReport.parse(required(folder, "hcl_report.bin"));
                hcl.check(read(folder, "runtime_data.json"), findings);
                yield beside(folder, hcl.report());
            }
            case "snp-configfs-tsm" ->
                CertificateTable.evidence(
                        required(folder, "provider"), required(folder, "outblob"), read(folder, "auxblob"));
            default -> throw new IllegalArgumentException("kind: expected one of SEV-SNP, got " + kind);
        };
    }

    private static SnpVerifier.Evidence beside(Path folder, byte[] report) throws IOException, MalformedEvidence {
        return new SnpVerifier.Evidence(
                report, read(folder, "vek.der"), read(folder, "chain.pem"), read(folder, "crl.der"));
    }

    private static byte[] required(Path folder, String name) throws IOException, MalformedEvidence {
        return read(folder, name).orElseThrow(() -> new MalformedEvidence(name, 0, "a file in the folder", "none"));
    }

    private static Optional<byte[]> read(Path folder, String name) throws IOException, MalformedEvidence {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(ByteReader.MAX_EVIDENCE + 1);
            if (bytes.length > ByteReader.MAX_EVIDENCE) {
                throw new MalformedEvidence(name, 0, "at most " + ByteReader.MAX_EVIDENCE + " bytes", "more");
            }
            return Optional.of(bytes);
        }
    }
}
