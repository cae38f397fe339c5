package ai.coreason.enclave.web.jobs;

import ai.coreason.enclave.overseer.vault.ModelStore;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

/**
 * A model as an answer: its SHA-256 as ETag, conditional requests, and one byte range (RFC 9110, section 14). The file goes out piece
 * by piece: however large it is and however slowly its readers read, it takes next to no memory.
 */
public final class ModelResponse {
    private ModelResponse() {}

    /**
     * The answer.
     *
     * @param range the Range header, or empty for the whole file; a form that is not understood gives the whole file
     */
    public static Response of(Request request, String range, String digest, ModelStore models) {
        EntityTag tag = new EntityTag(digest);
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        if (unchanged != null) {
            return unchanged.build();
        }
        ByteRange asked = ByteRange.of(range, models.check(digest));
        if (asked.outside()) {
            return Response.status(416)
                    .header("Content-Range", asked.contentRange())
                    .build();
        }
        StreamingOutput bytes = out -> models.copy(digest, asked.from(), asked.count(), out);
        Response.ResponseBuilder answer = Response.status(asked.part() ? 206 : 200)
                .entity(bytes)
                .tag(tag)
                .header("Content-Length", asked.count());
        return asked.part()
                ? answer.header("Content-Range", asked.contentRange()).build()
                : answer.header("Accept-Ranges", "bytes")
                        .header("Content-Disposition", "attachment; filename=\"model.safetensors\"")
                        .build();
    }
}
