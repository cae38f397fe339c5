package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** What an Overseer answered. */
record Answer(int status, String type, String challenge, byte[] body) {
    static Answer of(HttpResponse<byte[]> response) {
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.headers().firstValue("WWW-Authenticate").orElse(""),
                response.body());
    }

    JsonNode json() {
        return Json.read(body);
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Requires success. */
    Answer ok() {
        assertThat(status).as(text()).isBetween(200, 299);
        return this;
    }

    /** Requires a whole problem of RFC 9457 and returns it. */
    JsonNode problem(int expectedStatus, String slug) {
        assertThat(status).as(text()).isEqualTo(expectedStatus);
        assertThat(type).as(text()).isEqualTo("application/problem+json");
        JsonNode problem = json();
        assertThat(problem.path("type").asText()).as(text()).isEqualTo("urn:coreason:problem:" + slug);
        assertThat(problem.path("status").asInt()).isEqualTo(expectedStatus);
        assertThat(problem.path("title").asText()).isNotBlank();
        assertThat(problem.path("detail").asText()).matches("(?s).*(expected.*got|: unknown member$|: not allowed ).*");
        return problem;
    }

    @Override
    public String toString() {
        return status + " " + type + " " + text();
    }
}
