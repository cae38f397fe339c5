package ai.coreason.enclave.web.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.ContributionState;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.UploadRefused;
import ai.coreason.enclave.overseer.update.UpdateIntake;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Node "a" in round 1 of job "j". */
@ExtendWith(Rest.class)
class RoundResourceTest {
    private static final String DIGEST = "sha-256=:" + "A".repeat(43) + "=:";

    @TempDir
    private Path folder;

    private final List<String> done = new ArrayList<>();
    private Optional<String> base = Optional.empty();
    private Optional<InvalidDocument> objection = Optional.empty();
    private Optional<Contribution> contribution = Optional.empty();
    private RoundDesk desk;
    private UpdateIntake intake;
    private ModelStore models;
    private RoundResource resource;

    private record Came(ContributionState now, String why) {
        Contribution contribution() {
            return new Contribution() {
                @Override
                public ContributionState state() {
                    return now;
                }

                @Override
                public Optional<String> reason() {
                    return Optional.ofNullable(why);
                }
            };
        }
    }

    @BeforeEach
    void open() {
        desk = new RoundDesk() {
            @Override
            public Optional<String> base(String jobId, long number, String nodeId) {
                return base;
            }

            @Override
            public Optional<Contribution> contribution(String jobId, long number, String nodeId) {
                return contribution;
            }

            @Override
            public void declined(ContributionKey key, DeclineReason reason, String detail) {
                done.add(String.join(
                        " ",
                        key.jobId(),
                        "" + key.round(),
                        "" + key.attempt().attempt(),
                        key.nodeId(),
                        "" + reason,
                        detail));
            }
        };
        intake = new UpdateIntake() {
            @Override
            public void receive(String jobId, long round, String nodeId, UpdateIntake.Upload upload) {
                objection.ifPresent(o -> {
                    throw o;
                });
                done.add(String.join(
                        " ", jobId, "" + round, nodeId, upload.declaredDigest(), "" + upload.declaredBytes()));
            }
        };
        models = new ModelStore(new Storage(folder.toString()));
        resource = of("j");
    }

    private RoundResource of(String jobId) {
        return new RoundResource(desk, models, intake, jobId, Calls.node("a"));
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ProblemType type, String detail) {
        WebApplicationException refused = catchThrowableOfType(WebApplicationException.class, call);
        Calls.assertProblem(refused.getResponse(), type, detail);
    }

    @Test
    void model_roundWithoutATaskForTheNode_isForbidden() {
        assertRefused(
                () -> resource.model(Calls.request("GET"), Calls.headers(Map.of())),
                ProblemType.FORBIDDEN,
                "expected a round in which a has a task, got another");
    }

    @Test
    void model_rangeOfTheBase_isSent() {
        base = Optional.of(
                new Storage(folder.toString()).models().store(new byte[10]).digest());

        Response part = resource.model(
                Calls.request("GET"), Calls.headers(Map.of("Range", "bytes=3-", "If-Range", '"' + base.get() + '"')));

        assertThat(part.getStatus()).isEqualTo(206);
        assertThat(part.getHeaderString("Content-Range")).isEqualTo("bytes 3-9/10");
    }

    @Test
    void upload_ofAnotherNode_isForbiddenAndNotRead() {
        assertRefused(
                () -> resource.upload("b", DIGEST, 1, Calls.body("x")),
                ProblemType.FORBIDDEN,
                "node_id: expected a, as the certificate says, got another");
        assertRefused(
                () -> resource.update("b"),
                ProblemType.FORBIDDEN,
                "node_id: expected a, as the certificate says, got another");
        assertThat(done).isEmpty();
    }

    @Test
    void upload_good_isAcceptedWithItsState() throws Exception {
        contribution = Optional.of(new Came(ContributionState.UPLOADED, null).contribution());

        Response answer = resource.upload("a", DIGEST, 1, Calls.body("x"));

        assertThat(answer.getStatus()).isEqualTo(202);
        assertThat(answer.getEntity()).hasToString("{\"state\":\"UPLOADED\"}");
        assertThat(done).containsExactly("j 1 a " + "0".repeat(64) + " 1");
    }

    @Test
    void upload_contentDigestThatIsNone_isADigestMismatch() {
        for (String header : List.of("", "sha-256=:AAAA:", "sha-512" + DIGEST.substring(7), DIGEST + ",")) {
            assertRefused(
                    () -> resource.upload("a", header, 1, Calls.body("x")),
                    ProblemType.DIGEST_MISMATCH,
                    InvalidDocument.at(
                                    "Content-Digest",
                                    "sha-256=:base64 of 32 bytes:",
                                    header.isEmpty() ? "nothing" : header)
                            .getMessage());
        }
        assertThat(done).isEmpty();
    }

    @Test
    void upload_fieldThatIsWrong_isTheProblemOfThatField() {
        Map<String, ProblemType> types = Map.of(
                "job_id", ProblemType.NOT_FOUND,
                "Content-Digest", ProblemType.DIGEST_MISMATCH,
                "sealed_sha256", ProblemType.DIGEST_MISMATCH,
                "update", ProblemType.MODEL_REFUSED,
                "sealed", ProblemType.MODEL_REFUSED,
                "header.round", ProblemType.INVALID_DOCUMENT);
        types.forEach((field, type) -> {
            objection = Optional.of(InvalidDocument.at(field, "one", "another"));
            WebApplicationException refused = catchThrowableOfType(
                    WebApplicationException.class, () -> resource.upload("a", DIGEST, 1, Calls.body("x")));
            Calls.assertProblem(refused.getResponse(), type, objection.get().getMessage());
            assertThat(((JsonNode) refused.getResponse().getEntity())
                            .get("field")
                            .asText())
                    .isEqualTo(field);
        });
    }

    @Test
    void update_rejected_tellsWhy() {
        contribution = Optional.of(new Came(ContributionState.REJECTED, "too long").contribution());
        assertThat(resource.update("a").getEntity()).hasToString("{\"state\":\"REJECTED\",\"reasons\":[\"too long\"]}");

        contribution = Optional.empty();
        assertRefused(
                () -> resource.update("a"),
                ProblemType.NOT_FOUND,
                "expected a round in which a has a task, got another");
    }

    @Test
    void decline_good_isTakenNoteOf() throws Exception {
        Response answer =
                resource.decline(Calls.body("{\"attempt\": 2, \"reason\": \"BUDGET\", \"detail\": \"spent\"}"));

        assertThat(answer.getStatus()).isEqualTo(204);
        assertThat(done).containsExactly("j 1 2 a BUDGET spent");
    }

    @Test
    void decline_memberThatIsWrong_isRefusedByName() {
        Map<String, String> wrong = Map.of(
                "attempt", "{\"attempt\": 0, \"reason\": \"BUDGET\", \"detail\": \"\"}",
                "reason", "{\"attempt\": 1, \"reason\": \"MOOD\", \"detail\": \"\"}",
                "detail", "{\"attempt\": 1, \"reason\": \"BUDGET\", \"detail\": \"" + "x".repeat(2001) + "\"}",
                "more", "{\"attempt\": 1, \"reason\": \"BUDGET\", \"detail\": \"\", \"more\": 1}");
        wrong.forEach((field, body) -> assertThatThrownBy(() -> resource.decline(Calls.body(body)))
                .isInstanceOfSatisfying(
                        InvalidDocument.class, e -> assertThat(e.field()).isEqualTo(field)));
        assertThat(done).isEmpty();
    }

    @Test
    void decline_jobWithoutAName_isRefused() {
        assertThatThrownBy(
                        () -> of(" ").decline(Calls.body("{\"attempt\": 1, \"reason\": \"BUDGET\", \"detail\": \"\"}")))
                .isInstanceOf(UploadRefused.class);
        assertThat(done).isEmpty();
    }
}
