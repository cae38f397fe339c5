package ai.coreason.enclave.overseer.intake;

import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.json.JsonFields;
import java.nio.charset.StandardCharsets;

/**
 * What the queue carries for an upload: whose update it is and under which digest its bytes lie in the vault.
 *
 * @param digest SHA-256 of the envelope
 */
public record ClaimCheck(String jobId, long round, long attempt, String nodeId, String digest) {
    /** Reads the text of a message. */
    static ClaimCheck parse(String text) {
        JsonFields f = JsonFields.of(Json.read(text), "message");
        ClaimCheck check = new ClaimCheck(
                f.text("job_id"),
                f.whole("round", 1, Long.MAX_VALUE),
                f.whole("attempt", 1, Long.MAX_VALUE),
                f.text("node_id"),
                f.text("digest"));
        f.end();
        return check;
    }

    /** The text of a message. */
    String text() {
        return new String(
                Json.write(Json.object()
                        .put("job_id", jobId)
                        .put("round", round)
                        .put("attempt", attempt)
                        .put("node_id", nodeId)
                        .put("digest", digest)),
                StandardCharsets.UTF_8);
    }
}
