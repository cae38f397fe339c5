package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.NodeSession;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimCheckTest {
    private static final String TEXT = "{\"job_id\":\"6f1d\",\"round\":7,\"attempt\":2,\"node_id\":\"node_a\","
            + "\"digest\":\"ab\",\"epoch\":4,\"tls_spki_sha384\":\"cd\"}";

    @Test
    void text_isWhatMessagesInTheQueueAre() {
        ClaimCheck check = new ClaimCheck(ContributionKey.of("6f1d", 7, 2, "node_a"), "ab", new NodeSession(4, "cd"));

        assertThat(check.text()).isEqualTo(TEXT);
        assertThat(ClaimCheck.parse(TEXT)).isEqualTo(check);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"round\":7', '\"round\":0', round",
        "'\"attempt\":2', '\"attempt\":0', attempt",
        "'\"attempt\":2', '\"attempt\":101', attempt",
        "'\"epoch\":4', '\"epoch\":0', epoch",
        "'\"digest\":\"ab\",', '', digest",
        "'\"epoch\":4', '\"epoch\":4,\"more\":1', more"
    })
    void parse_memberThatDoesNotFit_isNamed(String from, String to, String field) {
        String changed = TEXT.replace(from, to);
        assertThat(changed).isNotEqualTo(TEXT);

        assertThatThrownBy(() -> ClaimCheck.parse(changed))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining(field);
    }
}
