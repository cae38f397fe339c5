package ai.coreason.enclave.web.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.Standing;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.TaskBell;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import ai.coreason.enclave.web.security.NodeCaller;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.TimeoutHandler;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Node "a" polls; there is no task for it. */
@ExtendWith(Rest.class)
class TaskResourceTest {
    private final List<Response> answers = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final Bell bell = new Bell();
    private Standing standing = new Standing.Member("a");
    private TimeoutHandler late;

    /** Keeps the waiter, for a test to call. */
    private static final class Bell extends TaskBell {
        private Runnable waiter;
        private boolean closed;

        @Override
        public boolean await(String nodeId, Runnable looks) {
            waiter = looks;
            return !closed;
        }

        @Override
        public void forget(String nodeId, Runnable looks) {
            waiter = null;
        }

        @Override
        public boolean closed() {
            return closed;
        }
    }

    private static <T> T fake(Class<T> type, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(TaskResourceTest.class.getClassLoader(), new Class<?>[] {type}, calls));
    }

    private TaskResource resource() {
        RoundDesk desk = new RoundDesk() {
            @Override
            public Optional<RoundTask> task(String nodeId) {
                asked.add(nodeId);
                return Optional.empty();
            }
        };
        NodeCaller callers = new NodeCaller() {
            @Override
            public Standing standing(X509Certificate certificate) {
                return standing;
            }
        };
        ManagedExecutorService executor = fake(ManagedExecutorService.class, (proxy, method, arguments) -> {
            ((Runnable) arguments[0]).run();
            return null;
        });
        return new TaskResource(desk, callers, bell, executor);
    }

    private AsyncResponse response() {
        return fake(AsyncResponse.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "resume" -> answers.add((Response) arguments[0]);
            case "setTimeout" -> asked.add(arguments[0] + " " + arguments[1]);
            case "setTimeoutHandler" -> {
                late = (TimeoutHandler) arguments[0];
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private AsyncResponse poll(String wait) {
        AsyncResponse response = response();
        HttpServletRequest request = fake(
                HttpServletRequest.class, (proxy, method, arguments) -> new X509Certificate[] {new AnyCertificate()});
        resource().next(wait, Calls.node("a"), request, response);
        return response;
    }

    @Test
    void next_waitThatIsNone_isRefusedByName() {
        for (String wait : List.of("0", "61", "x", "")) {
            assertThatThrownBy(() -> poll(wait))
                    .isInstanceOfSatisfying(
                            InvalidDocument.class, e -> assertThat(e.field()).isEqualTo("wait_seconds"));
        }
        assertThat(answers).isEmpty();
    }

    @Test
    void next_noTask_waitsAndIsAnsweredEmptyInTheEnd() {
        AsyncResponse response = poll("20");
        assertThat(asked).containsExactly("20 SECONDS", "a");
        assertThat(answers).isEmpty();
        assertThat(bell.waiter).isNotNull();

        late.handleTimeout(response);

        assertThat(answers).extracting(Response::getStatus).containsExactly(204);
        assertThat(bell.waiter).isNull();
    }

    @Test
    void next_bellRings_looksAgain() {
        poll("1");
        asked.clear();

        bell.waiter.run();

        assertThat(asked).containsExactly("a");
        assertThat(answers).extracting(Response::getStatus).containsExactly(204);
    }

    @Test
    void next_nodeIsOutWhenTheBellRings_isNotAuthenticated() {
        poll("60");
        asked.clear();
        standing = new Standing.Quarantined("a", "why");

        bell.waiter.run();

        assertThat(asked).isEmpty();
        assertThat(answers).hasSize(1);
        Calls.assertProblem(
                answers.get(0),
                ProblemType.UNAUTHENTICATED,
                "expected a node that is trusted, got one that no longer is");
    }

    @Test
    void next_overseerStops_isNotAvailable() {
        String stopping = "this Overseer is stopping; ask again in a while";
        poll("20");
        bell.closed = true;
        bell.waiter.run();
        poll("20");

        assertThat(answers).hasSize(2);
        answers.forEach(answer -> Calls.assertProblem(answer, ProblemType.UNAVAILABLE, stopping));
    }
}
