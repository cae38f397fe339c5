package ai.coreason.enclave.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{} {}", "{\"a\": 1, \"a\": 2}", "nul"})
    void read_notOneDocument_isRefused(String text) {
        assertThatThrownBy(() -> Json.read(text)).isInstanceOf(InvalidDocument.class);
    }

    /** Four bytes that look like UTF-32 but are no character of it once ended in a fault of the server. */
    @Test
    void read_bytesOfNoEncoding_isRefusedAsADocument() {
        byte[] bytes = "\0\0\0{\"job_id\": 1}".getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> Json.read(bytes)).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void digest_orderOfMembers_doesNotCount() {
        assertThat(Json.digest(Json.read("{\"b\": 1, \"a\": 2.0}")))
                .isEqualTo(Json.digest(Json.read("{\"a\": 2, \"b\": 1}")));
    }
}
