package ai.coreason.enclave.web.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.update.LedgerDesk;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Node "a" and its dataset "heart". */
@ExtendWith(Rest.class)
class LedgerHeadResourceTest {
    private static final String NONCE = "ab".repeat(32);

    private Optional<String> fault = Optional.empty();

    private LedgerHeadResource resource(String dataset) {
        LedgerDesk desk = new LedgerDesk() {
            @Override
            public Optional<ObjectNode> countersigned(String nodeId, String datasetId, String nonce) {
                return Optional.of(Json.object().put("head_of", datasetId).put("nonce", nonce))
                        .filter(head -> datasetId.equals("heart"));
            }

            @Override
            public Optional<String> mirror(
                    String nodeId, String datasetId, List<ChargeRow> rows, List<X509Certificate> certificates) {
                return fault;
            }
        };
        return new LedgerHeadResource(desk, null, dataset, Calls.node("a"));
    }

    private static String rows(String nonce) {
        return "{\"rows\": [], \"nonce\": \"" + nonce + "\"}";
    }

    @Test
    void head_nonceThatIsNone_isRefused() {
        for (String nonce : List.of("", "ab", "AB".repeat(32), "ab".repeat(33))) {
            WebApplicationException refused = catchThrowableOfType(
                    WebApplicationException.class, () -> resource("heart").head(nonce));
            Calls.assertProblem(
                    refused.getResponse(),
                    ProblemType.INVALID_DOCUMENT,
                    "nonce: expected 64 lower-case hex digits, got another");
        }
    }

    @Test
    void rows_whole_areAnsweredWithTheCountersignedHead() throws Exception {
        Response answer = resource("heart").rows(Calls.body(rows(NONCE)));

        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(answer.getEntity()).hasToString("{\"head_of\":\"heart\",\"nonce\":\"" + NONCE + "\"}");
    }

    @Test
    void rows_thatDoNotFollow_areNotPossible() {
        fault = Optional.of("why");
        WebApplicationException refused = catchThrowableOfType(
                WebApplicationException.class, () -> resource("heart").rows(Calls.body(rows(NONCE))));
        Calls.assertProblem(refused.getResponse(), ProblemType.ILLEGAL_STATE, "why");
    }

    @Test
    void rows_datasetOfAnotherNode_isNotFound() {
        WebApplicationException refused = catchThrowableOfType(
                WebApplicationException.class, () -> resource("lung").rows(Calls.body(rows(NONCE))));
        Calls.assertProblem(
                refused.getResponse(), ProblemType.NOT_FOUND, "dataset_id: expected a dataset that a registered");
    }

    @Test
    void rows_memberThatIsWrong_isRefusedByName() {
        assertThatThrownBy(() -> resource("heart").rows(Calls.body(rows("x"))))
                .isInstanceOfSatisfying(
                        InvalidDocument.class, e -> assertThat(e.field()).isEqualTo("nonce"));
        String body = "{\"rows\": [], \"certificates\": [\"no PEM\"], \"nonce\": \"" + NONCE + "\"}";
        assertThatThrownBy(() -> resource("heart").rows(Calls.body(body)))
                .isInstanceOfSatisfying(
                        InvalidDocument.class, e -> assertThat(e.field()).isEqualTo("certificates[0]"));
    }
}
