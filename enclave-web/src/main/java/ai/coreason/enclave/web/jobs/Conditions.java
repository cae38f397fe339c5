package ai.coreason.enclave.web.jobs;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import java.util.Optional;

/**
 * What a request says about which form of a file it wants, and which part of it.
 *
 * @param head whether it asks for the headers alone
 * @param ifMatch the header {@code If-Match}
 * @param ifNoneMatch the header {@code If-None-Match}
 * @param ifRange the header {@code If-Range}
 * @param range the header {@code Range}
 */
record Conditions(
        boolean head,
        Optional<String> ifMatch,
        Optional<String> ifNoneMatch,
        Optional<String> ifRange,
        Optional<String> range) {

    /** What a request's headers say; lines of one name are one list. */
    static Conditions of(Request request, HttpHeaders headers) {
        return new Conditions(
                request.getMethod().equals(HttpMethod.HEAD),
                header(headers, HttpHeaders.IF_MATCH),
                header(headers, HttpHeaders.IF_NONE_MATCH),
                header(headers, "If-Range"),
                header(headers, "Range"));
    }

    private static Optional<String> header(HttpHeaders headers, String name) {
        return Optional.ofNullable(headers.getHeaderString(name));
    }
}
