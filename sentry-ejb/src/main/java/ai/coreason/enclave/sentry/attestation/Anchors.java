package ai.coreason.enclave.sentry.attestation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The pinned roots of hardware makers: certificates that are trusted byte for byte, whatever names others carry. Immutable
 * and thread-safe.
 *
 * @param roots self-signed certificates
 */
public record Anchors(List<X509Certificate> roots) {
    private static final List<String> BUILT_IN = List.of(
            "amd-milan-ark.pem",
            "amd-genoa-ark.pem",
            "amd-turin-ark.pem",
            "intel-sgx-root.pem",
            "nvidia-device-root.pem",
            "nvidia-rim-root.pem");
    private static final int MAX_FILE = 1 << 20;

    /** Copies the list. */
    public Anchors {
        roots = List.copyOf(roots);
    }

    /** AMD's ARK of Milan, Genoa and Turin, Intel's SGX root, NVIDIA's device and RIM roots. */
    public static Anchors builtIn() {
        List<X509Certificate> roots = new ArrayList<>();
        for (String name : BUILT_IN) {
            try (InputStream in = Anchors.class.getResourceAsStream("anchors/" + name)) {
                roots.addAll(selfSigned(in.readAllBytes()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (CertificateException e) {
                throw new IllegalStateException(name, e);
            }
        }
        return new Anchors(roots);
    }

    /**
     * The self-signed certificates of a folder's {@code .pem}, {@code .crt} and {@code .der} files; its other certificates
     * are not trusted for themselves.
     *
     * @throws IOException if a file cannot be read or holds no certificate, or there is no self-signed one
     */
    public static Anchors of(Path folder) throws IOException {
        List<X509Certificate> roots = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(f -> f.toString().matches(".*\\.(pem|crt|cer)"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            if (Files.size(file) > MAX_FILE) {
                throw new IOException(file + ": expected at most " + MAX_FILE + " bytes");
            }
            try {
                roots.addAll(selfSigned(Files.readAllBytes(file)));
            } catch (CertificateException e) {
                throw new IOException(file + ": expected certificates in PEM or DER", e);
            }
        }
        if (roots.isEmpty()) {
            throw new IOException(
                    folder + ": expected a self-signed certificate in a .pem, .crt or .cer file, got none");
        }
        return new Anchors(roots);
    }

    /** Whether a certificate is one of these, byte for byte. */
    public boolean contains(X509Certificate certificate) {
        return roots.contains(certificate);
    }

    private static List<X509Certificate> selfSigned(byte[] file) throws CertificateException {
        List<X509Certificate> out = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (var certificate : factory.generateCertificates(new ByteArrayInputStream(file))) {
            X509Certificate c = (X509Certificate) certificate;
            if (c.getSubjectX500Principal().equals(c.getIssuerX500Principal()) && signedByItself(c)) {
                out.add(c);
            }
        }
        return out;
    }

    private static boolean signedByItself(X509Certificate certificate) {
        try {
            certificate.verify(certificate.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
