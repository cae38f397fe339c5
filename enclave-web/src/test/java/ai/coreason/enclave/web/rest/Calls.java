package ai.coreason.enclave.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.token.User;
import ai.coreason.enclave.sentry.contract.ProblemType;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Map;
import java.util.Set;

/** Who calls and with what, and what came of it. */
public final class Calls {
    private Calls() {}

    /** A node's call. */
    public static SecurityContext node(String nodeId) {
        Principal node = () -> nodeId;
        return by(node);
    }

    /** A user's call. */
    public static SecurityContext user(String subject, String... roles) {
        return by(new User(subject, subject + "'s name", Set.of(roles)));
    }

    private static SecurityContext by(Principal caller) {
        return fake(SecurityContext.class, "getUserPrincipal", caller);
    }

    /** A request of a method. */
    public static Request request(String method) {
        return fake(Request.class, "getMethod", method);
    }

    /** Headers by name. */
    public static HttpHeaders headers(Map<String, String> headers) {
        return (HttpHeaders) Proxy.newProxyInstance(
                Calls.class.getClassLoader(), new Class<?>[] {HttpHeaders.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getHeaderString")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    return headers.get((String) arguments[0]);
                });
    }

    private static <T> T fake(Class<T> type, String only, Object answer) {
        return type.cast(Proxy.newProxyInstance(
                Calls.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (!method.getName().equals(only)) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    return answer;
                }));
    }

    /** A body. */
    public static InputStream body(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Holds an answer to be a problem with this detail. */
    public static void assertProblem(Response answer, ProblemType type, String detail) {
        assertThat(answer.getStatus()).isEqualTo(type.status());
        assertThat(answer.getHeaderString("Content-Type")).isEqualTo("application/problem+json");
        JsonNode problem = (JsonNode) answer.getEntity();
        assertThat(problem.get("type").asText()).isEqualTo(type.urn());
        assertThat(problem.get("status").asInt()).isEqualTo(type.status());
        assertThat(problem.get("detail").asText()).isEqualTo(detail);
    }
}
