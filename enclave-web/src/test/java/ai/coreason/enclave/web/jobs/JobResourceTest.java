package ai.coreason.enclave.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.job.FederationMode;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDesk;
import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.overseer.job.Viewer;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.token.User;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Ann's job, for which she, operators and auditors may ask. */
@ExtendWith(Rest.class)
class JobResourceTest {
    private static final SecurityContext ANN = Calls.user("ann", "foundry");

    @TempDir
    private Path folder;

    private final List<String> done = new ArrayList<>();
    private Optional<String> model = Optional.empty();
    private ModelStore models;
    private JobResource resource;

    private final class AnnsJob extends Job {
        @Override
        public String id() {
            return "j";
        }

        @Override
        public JobState state() {
            return JobState.SUBMITTED;
        }

        @Override
        public boolean hasModel() {
            return model.isPresent();
        }

        @Override
        public String modelDigest() {
            return model.orElse("");
        }
    }

    private final class Desk extends JobDesk {
        @Override
        public Optional<Job> find(String jobId, Viewer viewer) {
            boolean sees = viewer.everything() || viewer.subject().equals("ann");
            return jobId.equals("j") && sees ? Optional.of(new AnnsJob()) : Optional.empty();
        }

        @Override
        public List<Job> list(Viewer viewer, int first, int count) {
            done.add("list for " + viewer + " from " + first + " at most " + count);
            return List.of(new AnnsJob());
        }

        @Override
        public Job cancel(String jobId, User by) {
            done.add("cancel " + jobId + " by " + by.subject());
            return new AnnsJob();
        }
    }

    private static final class Shown extends JobJson {
        @Override
        ObjectNode summary(Job job) {
            return Json.object().put("job_id", job.id());
        }

        @Override
        ObjectNode whole(Job job) {
            return summary(job).put("whole", true);
        }
    }

    private final class Stops extends StopOrders {
        @Override
        public void stop(StopOrder.Kind kind, String subject, String by) {
            done.add("stop " + kind + " " + subject + " by " + by);
        }

        @Override
        public void lift(StopOrder.Kind kind, String subject, String by) {
            done.add("lift " + kind + " " + subject + " by " + by);
        }
    }

    @BeforeEach
    void open() {
        Storage storage = new Storage(folder.toString());
        models = new ModelStore(storage);
        resource = new JobResource(new Desk(), new Shown(), models, new FederationMode("simulation"), new Stops());
    }

    private Response model(SecurityContext caller, Map<String, String> headers) {
        return resource.model("j", Calls.request("GET"), Calls.headers(headers), caller);
    }

    private static void assertRefused(Runnable call, ProblemType type, String detail) {
        WebApplicationException refused = catchThrowableOfType(WebApplicationException.class, call::run);
        Calls.assertProblem(refused.getResponse(), type, detail);
    }

    @Test
    void read_ownJob_isShown() {
        Response answer = resource.read("j", ANN);

        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(answer.getEntity()).hasToString("{\"job_id\":\"j\",\"whole\":true}");
        assertThat(resource.read("j", Calls.user("olga", "operator")).getStatus())
                .isEqualTo(200);
        assertThat(resource.read("j", Calls.user("ada", "auditor")).getStatus()).isEqualTo(200);
    }

    @Test
    void anyCall_jobThatIsAnothersOrNotThere_isNotFoundAndNothingIsDone() {
        String expected = "job_id: expected a job of this Overseer, got ";
        SecurityContext bob = Calls.user("bob", "foundry");
        for (Runnable call : List.<Runnable>of(
                () -> resource.read("j", bob),
                () -> resource.rounds("j", bob),
                () -> resource.cancel("j", bob),
                () -> resource.freeze("j", bob),
                () -> resource.thaw("j", bob),
                () -> model(bob, Map.of()))) {
            assertRefused(call, ProblemType.NOT_FOUND, expected + "j");
        }
        assertRefused(() -> resource.read("k".repeat(61), ANN), ProblemType.NOT_FOUND, expected + "k".repeat(60) + "…");
        assertThat(done).isEmpty();
    }

    @Test
    void model_anOperatorAsks_isNotFound() {
        assertRefused(
                () -> model(Calls.user("olga", "operator"), Map.of()),
                ProblemType.NOT_FOUND,
                "job_id: expected a job of this Overseer, got j");
    }

    @Test
    void model_jobThatHasNone_isNotPossible() {
        assertRefused(
                () -> model(ANN, Map.of()),
                ProblemType.ILLEGAL_STATE,
                "job j: expected one that has a model, got SUBMITTED");
    }

    @Test
    void model_partOfIt_isSentAsTheHeaderAcceptRangesPromises() {
        model = Optional.of(
                new Storage(folder.toString()).models().store(new byte[10]).digest());

        assertThat(model(ANN, Map.of()).getHeaderString("Accept-Ranges")).isEqualTo("bytes");
        Response part = model(ANN, Map.of("Range", "bytes=2-4"));
        assertThat(part.getStatus()).isEqualTo(206);
        assertThat(part.getHeaderString("Content-Range")).isEqualTo("bytes 2-4/10");
    }

    @Test
    void cancel_byItsOwnerOrAnOperator_isAccepted() {
        assertThat(resource.cancel("j", ANN).getStatus()).isEqualTo(202);
        assertThat(resource.cancel("j", Calls.user("olga", "operator")).getStatus())
                .isEqualTo(202);

        assertThat(done).containsExactly("cancel j by ann", "cancel j by olga");
    }

    @Test
    void freezeAndThaw_byAnOperator_stopTheJobAndLetItGoOn() {
        SecurityContext olga = Calls.user("olga", "operator");

        assertThat(resource.freeze("j", olga).getStatus()).isEqualTo(204);
        assertThat(resource.thaw("j", olga).getStatus()).isEqualTo(204);

        assertThat(done).containsExactly("stop JOB j by olga", "lift JOB j by olga");
    }

    @Test
    void list_page_isThatOfTheCaller() {
        Response answer = resource.list("5", "500", Calls.user("ada", "auditor"));
        resource.list("0", "1", ANN);

        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(answer.getEntity()).hasToString("{\"jobs\":[{\"job_id\":\"j\"}]}");
        assertThat(done)
                .containsExactly(
                        "list for Viewer[subject=ada, everything=true] from 5 at most 500",
                        "list for Viewer[subject=ann, everything=false] from 0 at most 1");
    }

    @Test
    void list_pageThatIsNone_isRefusedByName() {
        for (String count : List.of("0", "501", "x", "")) {
            assertThatThrownBy(() -> resource.list("0", count, ANN))
                    .isInstanceOf(InvalidDocument.class)
                    .hasMessageContaining("count")
                    .hasMessageContaining("[1, 500]");
        }
        assertThatThrownBy(() -> resource.list("-1", "50", ANN)).hasMessageContaining("first");
        assertThat(done).isEmpty();
    }

    @Test
    void submit_bodyThatIsNoJob_isRefusedByName() {
        assertThatThrownBy(() -> resource.submit("false", Calls.body("{"), null, ANN))
                .isInstanceOf(InvalidDocument.class);
        assertThatThrownBy(() -> resource.submit("true", Calls.body("{\"clients\": []}"), null, ANN))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("clients");
        assertThat(done).isEmpty();
    }

    @Test
    void submit_frozenIsNeitherTrueNorFalse_isRefusedByNameBeforeTheBodyIsRead() {
        assertThatThrownBy(() -> resource.submit("yes", Calls.body("{"), null, ANN))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("frozen: expected true or false, got yes");
    }
}
