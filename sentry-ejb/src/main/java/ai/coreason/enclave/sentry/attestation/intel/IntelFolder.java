package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Evidence in a folder: {@code quote.bin}, and collateral under the names of {@link Collateral.Part}; other files are not
 * looked at. Thread-safe.
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
     * @return not valid, before it is read, if a file is over 1 MiB
     * @throws IOException if there is no quote, or a file cannot be read
     * @throws IllegalArgumentException if the kind is another, or the policy is for another
     */
    public static Appraisal appraise(
            Path folder, String kind, Anchors anchors, Instant at, Optional<? extends IntelPolicy> policy)
            throws IOException {
        TeeType tee = TeeType.ofKind(kind);
        Map<Collateral.Part, byte[]> parts = new EnumMap<>(Collateral.Part.class);
        Optional<byte[]> quote = read(folder.resolve(QUOTE));
        if (quote.isEmpty()) {
            return tooLong(QUOTE);
        }
        for (Collateral.Part part : Collateral.Part.values()) {
            Path file = folder.resolve(part.file());
            if (Files.exists(file)) {
                Optional<byte[]> bytes = read(file);
                if (bytes.isEmpty()) {
                    return tooLong(part.file());
                }
                parts.put(part, bytes.get());
            }
        }
        return QuoteVerifier.appraise(tee, quote.get(), new Collateral(parts), anchors, at, policy);
    }

    /** The file's bytes; empty if they are too many. */
    private static Optional<byte[]> read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(ByteReader.MAX_EVIDENCE + 1);
            return bytes.length > ByteReader.MAX_EVIDENCE ? Optional.empty() : Optional.of(bytes);
        }
    }

    private static Appraisal tooLong(String file) {
        Reason reason = new Reason(file, "at most " + ByteReader.MAX_EVIDENCE + " bytes", "more");
        return new Appraisal(Appraisal.Result.INVALID, List.of(reason), Appraisal.Claims.none());
    }
}
