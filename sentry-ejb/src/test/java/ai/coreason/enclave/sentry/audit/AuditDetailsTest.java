package ai.coreason.enclave.sentry.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AuditDetailsTest {
    @Test
    void bounded_shortDetails_areKept() {
        ObjectNode details = Json.object().put("node_id", "a").put("reason", "r".repeat(6_000));

        assertThat(AuditDetails.bounded(details)).isEqualTo(details);
    }

    @Test
    void bounded_tokenOfAHundredDatasets_namesThemByDigest() {
        ObjectNode details = Json.object().put("node_id", "a").put("by", "olga");
        ArrayNode datasets = details.putArray("datasets");
        for (int i = 0; i < 100; i++) {
            datasets.addObject()
                    .put("data_owner", "o".repeat(60) + i)
                    .put("dataset_id", "d".repeat(60) + i)
                    .put("max_rows", 1_000_000_000L);
        }
        int characters = datasets.toString().length();

        ObjectNode stored = AuditDetails.bounded(details);

        assertThat(stored.get("datasets"))
                .isEqualTo(Json.object().put("sha256", Json.digest(datasets)).put("characters", characters));
        assertThat(stored.get("by").asText()).isEqualTo("olga");
        assertThat(details.get("datasets").size()).isEqualTo(100);
    }

    @Test
    void bounded_longText_isNamedByTheDigestOfItsUtf8() {
        String reason = "ü".repeat(9_000);

        ObjectNode stored = AuditDetails.bounded(Json.object().put("reason", reason));

        assertThat(stored.at("/reason/sha256").asText())
                .isEqualTo(Digests.sha256Hex(reason.getBytes(StandardCharsets.UTF_8)));
    }

    /** The column's length, whatever members the details have. */
    @Test
    void bounded_severalLongMembers_fitTheColumn() {
        ObjectNode details = Json.object();
        for (int i = 0; i < 40; i++) {
            details.put("member_" + i, "x".repeat(1_000));
        }

        assertThat(AuditDetails.bounded(details).toString()).hasSizeLessThanOrEqualTo(AuditDetails.MAX_CHARACTERS);
    }
}
