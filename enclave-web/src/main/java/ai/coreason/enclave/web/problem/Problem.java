package ai.coreason.enclave.web.problem;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.ProblemType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;

/** Makes problem details of RFC 9457. Details name public values only. */
public final class Problem {
    /** The media type of a problem. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private Problem() {}

    /** A problem as a response. */
    public static Response response(ProblemType type, String detail) {
        return response(type, type.status(), detail, "");
    }

    /** A problem about one field of the request. */
    public static Response response(ProblemType type, String detail, String field) {
        return response(type, type.status(), detail, field);
    }

    /** The answer to a call that may pass later. Its body may not be read, so the connection is not used again. */
    static Response later(String detail, int retryAfterSeconds) {
        ProblemType type = ProblemType.UNAVAILABLE;
        return Response.status(type.status())
                .type(MEDIA_TYPE)
                .entity(json(type, type.status(), detail, ""))
                .header(HttpHeaders.RETRY_AFTER, retryAfterSeconds)
                .header("Connection", "close")
                .build();
    }

    static Response response(ProblemType type, int status, String detail, String field) {
        return Response.status(status)
                .type(MEDIA_TYPE)
                .entity(json(type, status, detail, field))
                .build();
    }

    static ObjectNode json(ProblemType type, int status, String detail, String field) {
        ObjectNode body = Json.object()
                .put("type", type.urn())
                .put("title", type.title())
                .put("status", status)
                .put("detail", detail);
        if (!field.isEmpty()) {
            body.put("field", field);
        }
        return body;
    }

    /** A problem as the whole answer of a servlet. */
    public static void write(HttpServletResponse response, ProblemType type, String detail) throws IOException {
        write(response, type, type.status(), detail);
    }

    static void write(HttpServletResponse response, ProblemType type, int status, String detail) throws IOException {
        byte[] body = Json.write(json(type, status, detail, ""));
        response.setStatus(status);
        response.setContentType(MEDIA_TYPE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** A problem as an exception, for a resource to throw. */
    public static WebApplicationException exception(ProblemType type, String detail) {
        return new WebApplicationException(detail, response(type, detail));
    }
}
