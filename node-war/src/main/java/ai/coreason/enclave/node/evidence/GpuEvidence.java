package ai.coreason.enclave.node.evidence;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.node.site.GpuInterface;
import ai.coreason.enclave.sentry.contract.Evidence;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a GPU of this machine says of itself, asked by the means that the site gives. Thread-safe. */
@FunctionalInterface
interface GpuEvidence {
    /** How long a program may take. */
    Duration LIMIT = Duration.ofSeconds(60);

    /**
     * Fresh evidence.
     *
     * @param nonce what the GPU is to sign over, 64 lower-case hex digits
     * @throws IOException if there is none; names the program or the file
     */
    Evidence.Gpu over(String nonce) throws IOException;

    /** By the site's means. */
    static GpuEvidence by(GpuInterface means) {
        if (means instanceof GpuInterface.Command command) {
            return nonce -> printed(command.words(), nonce, LIMIT);
        }
        Path folder = ((GpuInterface.Folder) means).path();
        return nonce -> in(folder);
    }

    /** What a program prints. */
    static Evidence.Gpu printed(List<String> words, String nonce, Duration limit) throws IOException {
        List<String> command =
                words.stream().map(w -> w.replace(GpuInterface.NONCE, nonce)).toList();
        byte[] output = new BoundedCommand(command, limit).output();
        try {
            JsonFields f = JsonFields.of(Json.read(output), "");
            Evidence.Gpu gpu = new Evidence.Gpu(
                    Formats.base64(f, "report", 1, Evidence.MAX_CERTIFICATES),
                    Formats.base64(f, "certificates", 1, Evidence.MAX_CERTIFICATES));
            f.end();
            return gpu;
        } catch (InvalidDocument e) {
            throw new IOException(words.get(0) + ": its output is not as expected: " + e.getMessage(), e);
        }
    }

    /** What lies in a folder now. */
    private static Evidence.Gpu in(Path folder) throws IOException {
        return new Evidence.Gpu(file(folder.resolve("evidence.bin")), file(folder.resolve("cert_chain.pem")));
    }

    private static byte[] file(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(Evidence.MAX_CERTIFICATES + 1);
            if (bytes.length == 0 || bytes.length > Evidence.MAX_CERTIFICATES) {
                throw new IOException(file + ": expected 1 to " + Evidence.MAX_CERTIFICATES + " bytes, got "
                        + (bytes.length == 0 ? "none" : "more"));
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": expected a file, got none", e);
        }
    }
}
