package ai.coreason.enclave.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Rest.class)
class ModelResponseTest {
    private static final byte[] FILE = "0123456789".getBytes(StandardCharsets.US_ASCII);
    private static final String DIGEST = Digests.sha256Hex(FILE);

    @TempDir
    private Path folder;

    private ModelStore models;

    @BeforeEach
    void store() {
        Storage storage = new Storage(folder.toString());
        storage.models().store(FILE);
        models = new ModelStore(storage);
    }

    private Response answer(String method, Map<String, String> headers) {
        return ModelResponse.of(Calls.request(method), Calls.headers(headers), DIGEST, models);
    }

    private static String sent(Response answer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ((StreamingOutput) answer.getEntity()).write(out);
        return out.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void of_get_sendsTheFileUnderItsDigest() throws Exception {
        Response answer = answer("GET", Map.of());

        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(answer.getHeaderString("ETag")).isEqualTo('"' + DIGEST + '"');
        assertThat(answer.getHeaderString("Accept-Ranges")).isEqualTo("bytes");
        assertThat(answer.getHeaderString("Content-Length")).isEqualTo("10");
        assertThat(answer.getHeaderString("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(sent(answer)).isEqualTo("0123456789");
    }

    @Test
    void of_lastBytesOfTheSameFile_sendsThem() throws Exception {
        Response answer = answer("GET", Map.of("Range", "bytes=-3", "If-Range", '"' + DIGEST + '"'));

        assertThat(answer.getStatus()).isEqualTo(206);
        assertThat(answer.getHeaderString("Content-Range")).isEqualTo("bytes 7-9/10");
        assertThat(answer.getHeaderString("Content-Length")).isEqualTo("3");
        assertThat(sent(answer)).isEqualTo("789");
    }

    @Test
    void of_rangeOfAnotherFile_sendsTheWhole() throws Exception {
        Response answer = answer("GET", Map.of("Range", "bytes=-3", "If-Range", "\"another\""));

        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(sent(answer)).isEqualTo("0123456789");
    }

    @Test
    void of_headOrWhatTheCallerHasOrCannotHave_sendsNoBody() {
        Response head = answer("HEAD", Map.of("Range", "bytes=-3"));
        assertThat(head.getStatus()).isEqualTo(200);
        assertThat(head.getHeaderString("Content-Length")).isEqualTo("10");
        assertThat(head.getHeaderString("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(head.hasEntity()).isFalse();

        Response known = answer("GET", Map.of("If-None-Match", '"' + DIGEST + '"'));
        assertThat(known.getStatus()).isEqualTo(304);
        assertThat(known.getHeaderString("ETag")).isEqualTo('"' + DIGEST + '"');
        assertThat(known.hasEntity()).isFalse();

        Response other = answer("GET", Map.of("If-Match", "\"another\""));
        assertThat(other.getStatus()).isEqualTo(412);
        assertThat(other.hasEntity()).isFalse();

        Response outside = answer("GET", Map.of("Range", "bytes=10-"));
        assertThat(outside.getStatus()).isEqualTo(416);
        assertThat(outside.getHeaderString("Content-Range")).isEqualTo("bytes */10");
        assertThat(outside.getHeaderString("Content-Type")).isNull();
        assertThat(outside.hasEntity()).isFalse();
    }

    @Test
    void of_modelThatIsNotThere_fails() {
        assertThatThrownBy(
                        () -> ModelResponse.of(Calls.request("GET"), Calls.headers(Map.of()), "0".repeat(64), models))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is missing");
    }
}
