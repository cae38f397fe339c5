package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.overseer.enrolment.NodeSession;
import java.nio.charset.StandardCharsets;

/**
 * What the queue carries for an upload: whose update it is, under which digest its bytes lie in the vault, and in which
 * session they came.
 *
 * @param digest SHA-256 of the envelope
 * @param session the node's enrolment when it handed the update in; it may have enrolled anew before the update is judged
 */
public record ClaimCheck(String jobId, long round, long attempt, String nodeId, String digest, NodeSession session) {
    /** Reads the text of a message. */
    static ClaimCheck parse(String text) {
        JsonFields f = JsonFields.of(Json.read(text), "message");
        ClaimCheck check = new ClaimCheck(
                f.text("job_id"),
                f.whole("round", 1, Long.MAX_VALUE),
                f.whole("attempt", 1, Long.MAX_VALUE),
                f.text("node_id"),
                f.text("digest"),
                new NodeSession(f.whole("epoch", 1, Long.MAX_VALUE), f.text("tls_spki_sha384")));
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
                        .put("digest", digest)
                        .put("epoch", session.epoch())
                        .put("tls_spki_sha384", session.tlsSpkiSha384())),
                StandardCharsets.UTF_8);
    }
}
