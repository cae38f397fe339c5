package ai.coreason.enclave.sentry.attestation.http;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A document that a service hands out, and how it is known.
 *
 * @param uri where it is
 * @param file its name in the cache
 * @param signers the certificates of who signed it, which come in a header; empty if there are none
 * @param form brings a body into the form that verifiers read
 * @param until when it ends by its own word; empty if it is another document
 * @param age how old it may be before it is fetched again
 */
public record Document(
        URI uri,
        Path file,
        Optional<Signers> signers,
        UnaryOperator<byte[]> form,
        Function<Copy, Optional<Instant>> until,
        Duration age) {

    /**
     * Where a document's certificates are.
     *
     * @param headers the names of headers that may hold them, URL-encoded PEM
     * @param file their name in the cache
     */
    public record Signers(List<String> headers, Path file) {}

    /**
     * A document with its certificates. Not to be changed.
     *
     * @param chain PEM; of no bytes if there are none
     */
    public record Copy(byte[] body, byte[] chain) {}
}
