package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.folder.EvidenceFolder;
import java.io.ByteArrayInputStream;
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

/**
 * Evidence as files: {@code evidence.bin}, {@code cert_chain.pem}, manifests ({@code .swidtag}, {@code .xml}) and revocation lists
 * ({@code .crl}, or of any name, in a form of {@link ai.coreason.enclave.sentry.attestation.ListEncoding}) of one device; or
 * manifests alone.
 */
public final class NvidiaFolder {
    private static final int MAX_FILES = 32;
    private static final String DEVICE = "nvidia";
    private static final String MANIFESTS = "nvidia-rim";

    private NvidiaFolder() {}

    /**
     * Judges a folder.
     *
     * @param kind {@code nvidia} for a device, {@code nvidia-rim} for manifests
     * @param policy what is demanded beyond signatures; without one, nothing is
     * @return unjudged if a file is missing
     * @throws IllegalArgumentException if the kind is another
     */
    public static Appraisal appraise(
            Path folder, String kind, Anchors anchors, Instant at, Optional<NvidiaPolicy> policy) {
        if (!kind.equals(DEVICE) && !kind.equals(MANIFESTS)) {
            throw new IllegalArgumentException("kind: expected nvidia or nvidia-rim, got " + kind);
        }
        NvidiaVerifier verifier = new NvidiaVerifier(anchors, at, policy);
        return EvidenceFolder.judge(folder, policy.isPresent(), files -> {
            Map<String, byte[]> rims = new TreeMap<>();
            for (String name : files.named(".*\\.(swidtag|xml)", MAX_FILES)) {
                rims.put(name, files.read(name).orElseThrow());
            }
            List<X509CRL> lists = lists(files);
            if (kind.equals(MANIFESTS)) {
                return verifier.verifyRims(rims, lists);
            }
            byte[] report = files.required("evidence.bin");
            byte[] chain = files.required("cert_chain.pem");
            return verifier.verify(new NvidiaEvidence(report, chain, rims, lists));
        });
    }

    private static List<X509CRL> lists(EvidenceFolder files) throws MalformedEvidence {
        List<X509CRL> out = new ArrayList<>();
        for (String name : files.lists()) {
            for (byte[] der : files.listsIn(name)) {
                out.add(list(der));
            }
        }
        for (String name : files.named(".*\\.crl", Integer.MAX_VALUE)) {
            if (files.listsIn(name).isEmpty()) {
                files.unread(name);
            }
        }
        return out;
    }

    private static X509CRL list(byte[] der) {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a list that was read before cannot be read", e);
        }
    }
}
