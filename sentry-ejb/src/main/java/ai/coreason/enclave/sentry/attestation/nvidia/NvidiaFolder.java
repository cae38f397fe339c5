package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.StrictDer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Evidence as files: {@code evidence.bin}, {@code cert_chain.pem}, manifests ({@code .swidtag}, {@code .xml}) and revocation lists
 * ({@code .crl}, DER) of one device; or manifests alone.
 */
public final class NvidiaFolder {
    private static final int MAX_FILES = 32;

    private NvidiaFolder() {}

    /**
     * Judges a folder.
     *
     * @param kind {@code nvidia} for a device, {@code nvidia-rim} for manifests
     * @param policy what is demanded beyond signatures; without one, nothing is
     * @return unjudged if a file is missing
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if the kind is another
     */
    public static Appraisal appraise(
            Path folder, String kind, Anchors anchors, Instant at, Optional<NvidiaPolicy> policy) throws IOException {
        NvidiaVerifier verifier = new NvidiaVerifier(anchors, at, policy);
        try {
            Map<String, byte[]> rims = files(folder, ".*\\.(swidtag|xml)");
            List<X509CRL> lists = lists(files(folder, ".*\\.crl"));
            if (kind.equals("nvidia-rim")) {
                return verifier.verifyRims(rims, lists);
            }
            if (!kind.equals("nvidia")) {
                throw new IllegalArgumentException("kind: expected nvidia or nvidia-rim, got " + kind);
            }
            byte[] report = files(folder, "evidence\\.bin").get("evidence.bin");
            byte[] chain = files(folder, "cert_chain\\.pem").get("cert_chain.pem");
            if (report == null || chain == null) {
                String missing = report == null ? "evidence.bin" : "cert_chain.pem";
                return Appraisal.of(List.of(), List.of(new Reason(missing, "a file", "none")), Appraisal.Claims.none());
            }
            return verifier.verify(new NvidiaEvidence(report, chain, rims, lists));
        } catch (MalformedEvidence e) {
            return Appraisal.of(List.of(e.reason()), List.of(), Appraisal.Claims.none());
        }
    }

    private static Map<String, byte[]> files(Path folder, String pattern) throws IOException, MalformedEvidence {
        List<Path> found;
        try (Stream<Path> listed = Files.list(folder)) {
            found = listed.filter(f -> f.getFileName().toString().matches(pattern))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .limit(MAX_FILES + 1L)
                    .toList();
        }
        if (found.size() > MAX_FILES) {
            throw new MalformedEvidence(new Reason("folder", "at most " + MAX_FILES + " files of a sort", "more"));
        }
        Map<String, byte[]> out = new TreeMap<>();
        for (Path file : found) {
            String name = file.getFileName().toString();
            if (Files.size(file) > ByteReader.MAX_EVIDENCE) {
                throw new MalformedEvidence(
                        new Reason(name, "at most " + ByteReader.MAX_EVIDENCE + " bytes", Files.size(file) + " bytes"));
            }
            out.put(name, Files.readAllBytes(file));
        }
        return out;
    }

    private static List<X509CRL> lists(Map<String, byte[]> files) throws MalformedEvidence {
        List<X509CRL> out = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            try {
                StrictDer.checkSigned(file.getKey(), file.getValue());
                out.add((X509CRL)
                        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(file.getValue())));
            } catch (MalformedEvidence | GeneralSecurityException | RuntimeException e) {
                throw new MalformedEvidence(new Reason(file.getKey(), "a revocation list in DER", "something else"));
            }
        }
        return out;
    }
}
