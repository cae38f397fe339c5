package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.folder.EvidenceFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Evidence in a folder: {@code quote.bin}, and collateral under the names of {@link Collateral.Part}. A revocation list may
 * have another ending, {@code .pem} or {@code .crl}, and any form of {@link
 * ai.coreason.enclave.sentry.attestation.ListEncoding}. Thread-safe.
 */
public final class IntelFolder {
    private static final String QUOTE = "quote.bin";

    private IntelFolder() {}

    /**
     * Judges what a folder holds.
     *
     * @param kind {@code sgx} or {@code tdx}
     * @param at the time for which certificates and collateral have to be good
     * @param policy without one, what is judged is whether the evidence is genuine
     * @return not valid, before it is read, if a file is over 1 MiB; unjudged if there is no quote
     * @throws IllegalArgumentException if the kind is another, or the policy is for another
     */
    public static Appraisal appraise(
            Path folder, String kind, Anchors anchors, Instant at, Optional<? extends IntelPolicy> policy) {
        TeeType tee = TeeType.ofKind(kind);
        return EvidenceFolder.judge(folder, policy.isPresent(), files -> {
            byte[] quote = files.required(QUOTE);
            return QuoteVerifier.appraise(tee, quote, collateral(files), anchors, at, policy);
        });
    }

    private static Collateral collateral(EvidenceFolder files) throws IOException, MalformedEvidence {
        Map<Collateral.Part, byte[]> parts = new EnumMap<>(Collateral.Part.class);
        for (Collateral.Part part : Collateral.Part.values()) {
            boolean list = part == Collateral.Part.ROOT_CRL || part == Collateral.Part.PCK_CRL;
            String file = part.file();
            Optional<byte[]> bytes = list ? files.list(file.substring(0, file.lastIndexOf('.'))) : files.read(file);
            bytes.ifPresent(b -> parts.put(part, b));
        }
        return new Collateral(parts);
    }
}
