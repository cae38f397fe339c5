package ai.coreason.enclave.overseer.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.Reason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class UsedQuoteTest {
    private static final byte[] QUOTE = {1, 2, 3};

    @AutoClose
    private final IdentityDatabase database = new IdentityDatabase();

    private List<String> accept(byte[] quote) {
        Optional<Reason> found =
                database.inTransaction(em -> IdentityDatabase.registry(em).acceptQuote(quote, "node_a"));
        return found.map(Reason::toString).stream().toList();
    }

    @Test
    void acceptQuote_acceptedBefore_isRefusedForThatAlone() {
        assertThat(accept(QUOTE)).isEmpty();

        assertThat(accept(QUOTE)).containsExactly("quote: expected one that was not accepted before, got one that was");
        assertThat(accept(new byte[] {1, 2})).isEmpty();
    }

    @Test
    void acceptQuote_acceptedBeforeAndZerosAdded_isTheSameQuote() {
        assertThat(accept(QUOTE)).isEmpty();

        assertThat(accept(new byte[] {1, 2, 3, 0, 0})).hasSize(1);
    }
}
