package ai.coreason.enclave.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.job.JobRefused;
import ai.coreason.enclave.overseer.load.Busy;
import ai.coreason.enclave.overseer.round.UploadRefused;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ejb.EJBException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Rest.class)
class ProblemMapperTest {
    private final ProblemMapper mapper = new ProblemMapper();

    @Test
    void toResponse_documentThatIsWrong_namesTheField() {
        InvalidDocument wrong = InvalidDocument.at("clients[3]", "every node once", "a");

        Response answer = mapper.toResponse(new EJBException(wrong));

        Calls.assertProblem(answer, ProblemType.INVALID_DOCUMENT, wrong.getMessage());
        assertThat(((JsonNode) answer.getEntity()).get("field").asText()).isEqualTo("clients[3]");
    }

    @Test
    void toResponse_jobRefused_isTheProblemOfItsKind() {
        Map<JobRefused.Kind, ProblemType> types = new EnumMap<>(Map.of(
                JobRefused.Kind.BUDGET, ProblemType.BUDGET_REFUSED,
                JobRefused.Kind.DICTIONARY, ProblemType.DICTIONARIES_DIFFER,
                JobRefused.Kind.CONFLICT, ProblemType.CONFLICTING_REPEAT,
                JobRefused.Kind.STATE, ProblemType.ILLEGAL_STATE));
        assertThat(types).containsOnlyKeys(JobRefused.Kind.values());
        types.forEach((kind, type) -> Calls.assertProblem(mapper.toResponse(new JobRefused(kind, "why")), type, "why"));
    }

    @Test
    void toResponse_uploadRefused_isTheProblemOfItsKind() {
        UploadRefused stranger = UploadRefused.notInvited("a", 1);
        UploadRefused late = UploadRefused.closed(new AttemptKey("j", 1, 1), "CLOSED");

        Calls.assertProblem(mapper.toResponse(stranger), ProblemType.FORBIDDEN, stranger.getMessage());
        Calls.assertProblem(mapper.toResponse(late), ProblemType.ILLEGAL_STATE, late.getMessage());
    }

    @Test
    void toResponse_problemThatAResourceMade_staysAsItIs() {
        WebApplicationException made = Problem.exception(ProblemType.FORBIDDEN, "why");
        assertThat(mapper.toResponse(made)).isSameAs(made.getResponse());
    }

    @ParameterizedTest
    @CsvSource({
        "401,UNAUTHENTICATED",
        "403,FORBIDDEN",
        "404,NOT_FOUND",
        "405,NOT_FOUND",
        "406,UNSUPPORTED_TYPE",
        "413,TOO_LARGE",
        "415,UNSUPPORTED_TYPE",
        "422,INVALID_DOCUMENT",
        "503,UNAVAILABLE",
        "502,INTERNAL"
    })
    void toResponse_bareStatusOfTheServer_keepsItAndSaysMore(int status, ProblemType type) {
        Response answer = mapper.toResponse(
                new WebApplicationException(Response.status(status).build()));

        assertThat(answer.getStatus()).isEqualTo(status);
        JsonNode problem = (JsonNode) answer.getEntity();
        assertThat(problem.get("type").asText()).isEqualTo(type.urn());
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("detail").asText()).isNotEmpty();
    }

    @Test
    void toResponse_whatNobodyExpected_isShownAsANumberOnly() {
        Response answer = mapper.toResponse(new EJBException(new IllegalStateException("a password")));

        assertThat(answer.getStatus()).isEqualTo(500);
        JsonNode problem = (JsonNode) answer.getEntity();
        assertThat(problem.get("type").asText()).isEqualTo(ProblemType.INTERNAL.urn());
        assertThat(problem.get("detail").asText())
                .matches("the Overseer failed; its log has the reason under incident [0-9a-f-]{36}")
                .doesNotContain("password");
    }

    @Test
    void toResponse_busy_saysWhenToComeAgainAndLeavesTheBodyUnread() {
        Response answer = new ProblemMapper().toResponse(new Busy("expected fewer, got more"));

        assertThat(answer.getStatus()).isEqualTo(503);
        assertThat(answer.getHeaderString("Retry-After")).isEqualTo("5");
        assertThat(answer.getHeaderString("Connection")).isEqualTo("close");
        assertThat(answer.getHeaderString("Content-Type")).isEqualTo(Problem.MEDIA_TYPE);
    }
}
