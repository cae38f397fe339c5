package ai.coreason.enclave.overseer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.SmallJob;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobDocumentsTest {
    private final List<JsonNode> parsed = new ArrayList<>();
    private final JobDocuments documents = new JobDocuments(document -> {
        parsed.add(document);
        return FederationJob.parse(document, JobRules.inSimulation());
    });

    private static Job job(String id, ObjectNode document) {
        return new Job(id, document, new JobDigests("same document", "digest of " + id, "g"), 1, "ann");
    }

    @Test
    void of_oneJobManyTimes_isParsedOnce() {
        FederationJob first = documents.of(job("a", SmallJob.document()));
        for (int i = 0; i < 10; i++) {
            assertThat(documents.of(job("a", SmallJob.document()))).isSameAs(first);
        }

        assertThat(parsed).hasSize(1);
        assertThat(first.digest())
                .isEqualTo(FederationJob.parse(SmallJob.document(), JobRules.inSimulation())
                        .digest());
    }

    @Test
    void of_jobsOfOneDocumentWithIdsOfTheirOwn_areToldApart() {
        String a = "6f1d2a34-0000-4000-8000-000000000001";
        String b = "6f1d2a34-0000-4000-8000-000000000002";

        assertThat(documents.of(job(a, SmallJob.document().put("job_id", a))).jobId())
                .hasToString("Optional[" + a + "]");
        assertThat(documents.of(job(b, SmallJob.document().put("job_id", b))).jobId())
                .hasToString("Optional[" + b + "]");
        assertThat(parsed).hasSize(2);
    }

    @Test
    void of_documentThatTheRulesRefuse_isRefusedEachTime() {
        JobDocuments production = new JobDocuments(new FederationMode("production"));
        Job seeded = job("a", SmallJob.document().put("seed", 7));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> production.of(seeded)).isInstanceOf(InvalidDocument.class);
        }
    }

    @Test
    void of_moreThanItKeeps_parsesTheOldestAgain() {
        FederationJob shared = FederationJob.parse(SmallJob.document(), JobRules.inSimulation());
        JobDocuments counting = new JobDocuments(document -> {
            parsed.add(document);
            return shared;
        });
        ObjectNode large = SmallJob.document().put("purpose", "p".repeat(12 << 20));
        for (String id : List.of("a", "b", "c")) {
            counting.of(job(id, large));
        }
        parsed.clear();

        counting.of(job("b", large));
        counting.of(job("c", large));
        assertThat(parsed).isEmpty();
        counting.of(job("a", large));
        assertThat(parsed).hasSize(1);
    }
}
