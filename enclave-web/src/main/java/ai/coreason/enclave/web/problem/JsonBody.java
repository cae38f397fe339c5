package ai.coreason.enclave.web.problem;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.ProblemType;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

/** Writes JSON trees, and reads request bodies of bounded size. */
@Provider
@Produces(MediaType.WILDCARD)
public class JsonBody implements MessageBodyWriter<JsonNode> {
    /** Largest JSON request, bytes. */
    public static final int MAX_REQUEST = 8 << 20;

    /**
     * Reads a JSON request.
     *
     * @throws ai.coreason.enclave.base.InvalidDocument if it is not one JSON document
     */
    public static JsonNode read(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAX_REQUEST + 1);
        if (bytes.length > MAX_REQUEST) {
            throw Problem.exception(
                    ProblemType.TOO_LARGE, "body: expected at most " + MAX_REQUEST + " bytes of JSON, got more");
        }
        return Json.readForeign(bytes);
    }

    @Override
    public boolean isWriteable(Class<?> type, Type generic, Annotation[] annotations, MediaType mediaType) {
        return JsonNode.class.isAssignableFrom(type);
    }

    @Override
    public void writeTo(
            JsonNode node,
            Class<?> type,
            Type generic,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        out.write(Json.write(node));
    }
}
