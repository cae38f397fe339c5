package ai.coreason.enclave.web.jobs;

import ai.coreason.enclave.overseer.vault.ModelStore;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

/**
 * A model as an answer, as {@link FileAnswer} has it. The file goes out piece by piece: however large it is and however slowly its
 * readers read, it takes next to no memory.
 */
public final class ModelResponse {
    private ModelResponse() {}

    /** The answer to a GET or HEAD request. */
    public static Response of(Request request, HttpHeaders headers, String digest, ModelStore models) {
        FileAnswer answer = FileAnswer.of(Conditions.of(request, headers), digest, () -> models.check(digest));
        Response.ResponseBuilder response = Response.status(answer.status());
        answer.headers().forEach(response::header);
        if (answer.headers().containsKey("Content-Length")) {
            response.type(MediaType.APPLICATION_OCTET_STREAM_TYPE);
        }
        answer.body().ifPresent(part -> {
            StreamingOutput bytes = out -> models.copy(digest, part.from(), part.count(), out);
            response.entity(bytes);
        });
        return response.build();
    }
}
