package ai.coreason.enclave.web.jobs;

import ai.coreason.enclave.overseer.vault.ModelStore;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A model as an answer: its SHA-256 as ETag, conditional requests, and one byte range (RFC 9110, section 14). */
public final class ModelResponse {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,12})-(\\d{0,12})");

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
        byte[] file = models.file(digest);
        Matcher m = RANGE.matcher(range);
        if (!m.matches()) {
            return Response.ok(file)
                    .tag(tag)
                    .header("Accept-Ranges", "bytes")
                    .header("Content-Disposition", "attachment; filename=\"model.safetensors\"")
                    .build();
        }
        long from = Long.parseLong(m.group(1));
        long to = m.group(2).isEmpty() ? file.length - 1L : Math.min(Long.parseLong(m.group(2)), file.length - 1L);
        if (from > to) {
            return Response.status(416)
                    .header("Content-Range", "bytes */" + file.length)
                    .build();
        }
        return Response.status(206)
                .entity(Arrays.copyOfRange(file, (int) from, (int) to + 1))
                .tag(tag)
                .header("Content-Range", "bytes " + from + "-" + to + "/" + file.length)
                .build();
    }
}
