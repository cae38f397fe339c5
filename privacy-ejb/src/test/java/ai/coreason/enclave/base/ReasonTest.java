package ai.coreason.enclave.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReasonTest {
    @Test
    void of_nestedFailure_isTheInnermostMessage() {
        assertThat(Reason.of(new IllegalStateException("outside", new IOException("no space left"))))
                .isEqualTo("no space left");
    }

    @Test
    void of_invalidDocument_isItsOwnMessageWhateverCausedIt() {
        InvalidDocument fault = InvalidDocument.at("members", "a list", "text");
        fault.initCause(new IOException("parser"));

        assertThat(Reason.of(new IllegalStateException(fault))).isEqualTo("members: expected a list, got text");
    }

    @Test
    void of_failureWithoutMessage_isItsClass() {
        assertThat(Reason.of(new IllegalStateException(new NullPointerException())))
                .isEqualTo("NullPointerException");
        assertThat(Reason.of(new IOException(" "))).isEqualTo("IOException");
    }
}
