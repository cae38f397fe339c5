package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class InputsTest {
    private static final String JOB = "{\"clients\": [\"a\", \"b\", \"c\"], \"min_clients\": 3}";

    @Test
    void prepared_fewerNodes_cutsClientsAndQuorum() {
        ObjectNode job = Inputs.prepared(Json.read(JOB), OptionalInt.of(2), OptionalLong.empty());

        assertThat(job).isEqualTo(Json.read("{\"clients\": [\"a\", \"b\"], \"min_clients\": 2}"));
    }

    @Test
    void prepared_moreNodesThanClients_isRefused() {
        assertThatThrownBy(() -> Inputs.prepared(Json.read(JOB), OptionalInt.of(4), OptionalLong.empty()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("--nodes: expected 1 to the job's 3 clients, got 4");
    }

    @Test
    void prepared_seed_givesTheSameIdForTheSameJobOnly() {
        String id = idWithSeed(7);

        assertThat(idWithSeed(7)).isEqualTo(id);
        assertThat(idWithSeed(8)).isNotEqualTo(id);
        assertThat(UUID.fromString(id).version()).isEqualTo(8);
        assertThat(UUID.fromString(id).variant()).isEqualTo(2);
    }

    @Test
    void prepared_noSeed_leavesTheIdToTheOverseer() {
        assertThat(Inputs.prepared(Json.read(JOB), OptionalInt.empty(), OptionalLong.empty())
                        .has("job_id"))
                .isFalse();
    }

    @Test
    void heapMegabytes_growsWithTheData() {
        assertThat(Federation.heapMegabytes(0)).isEqualTo(384);
        assertThat(Federation.heapMegabytes(50L << 20)).isEqualTo(984);
    }

    private static String idWithSeed(long seed) {
        return Inputs.prepared(Json.read(JOB), OptionalInt.empty(), OptionalLong.of(seed))
                .path("job_id")
                .asText();
    }
}
