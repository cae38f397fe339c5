package ai.coreason.enclave.sentry.attestation.http;

import java.net.http.HttpHeaders;
import java.time.Instant;

/** What came of a download. */
public sealed interface Answer {
    /**
     * The document.
     *
     * @param body at most 1 MiB
     */
    record Found(byte[] body, HttpHeaders headers) implements Answer {}

    /** The service says that there is none. */
    record Absent() implements Answer {}

    /**
     * The service could not be asked, or gave what it should not.
     *
     * @param why for the log
     * @param notBefore when it wants to be asked again
     */
    record Failed(String why, Instant notBefore) implements Answer {}
}
