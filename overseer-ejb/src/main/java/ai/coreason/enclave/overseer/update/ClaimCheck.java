package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.overseer.enrolment.NodeSession;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import java.nio.charset.StandardCharsets;

/**
 * What the queue carries for an upload: whose update it is, under which digest its bytes lie in the vault, and in which
 * session they came.
 *
 * @param key whose update it is, and for which attempt
 * @param digest SHA-256 of the envelope
 * @param session the node's enrolment when it handed the update in; it may have enrolled anew before the update is judged
 */
public record ClaimCheck(ContributionKey key, String digest, NodeSession session) {
    /** Reads the text of a message. */
    static ClaimCheck parse(String text) {
        JsonFields f = JsonFields.of(Json.read(text), "message");
        ClaimCheck check = new ClaimCheck(
                ContributionKey.of(
                        f.text("job_id"),
                        f.whole("round", 1, Long.MAX_VALUE),
                        f.whole("attempt", 1, AttemptKey.MAX_ATTEMPTS),
                        f.text("node_id")),
                f.text("digest"),
                new NodeSession(f.whole("epoch", 1, Long.MAX_VALUE), f.text("tls_spki_sha384")));
        f.end();
        return check;
    }

    /** The text of a message. */
    String text() {
        return new String(
                Json.write(Json.object()
                        .put("job_id", key.jobId())
                        .put("round", key.round())
                        .put("attempt", key.attempt().attempt())
                        .put("node_id", key.nodeId())
                        .put("digest", digest)
                        .put("epoch", session.epoch())
                        .put("tls_spki_sha384", session.tlsSpkiSha384())),
                StandardCharsets.UTF_8);
    }
}
