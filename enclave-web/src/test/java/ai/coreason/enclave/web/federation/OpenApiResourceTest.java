package ai.coreason.enclave.web.federation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.web.rest.Rest;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Rest.class)
class OpenApiResourceTest {
    @Test
    void description_isTheOneThatTheBuildMade() throws Exception {
        JsonNode api = Json.read((byte[]) new OpenApiResource().description().getEntity());

        assertThat(api.get("openapi").asText()).startsWith("3.1");
        assertThat(api.at("/paths/~1api~1v1~1ledger/get/summary").asText())
                .isEqualTo("Export the ledger, one row a charge");
    }
}
