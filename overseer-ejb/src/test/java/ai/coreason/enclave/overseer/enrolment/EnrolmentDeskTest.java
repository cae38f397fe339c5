package ai.coreason.enclave.overseer.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Answer;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Ground;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.KeyPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolmentDeskTest {
    @TempDir
    private Path folder;

    private EnrolmentBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new EnrolmentBench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void enrol_sameRequestAgain_isTheSameAnswerAndChangesNothing() {
        ObjectNode request = bench.request(bench.token(), EnrolmentBench.keyPair());
        ObjectNode first = enrolled(request);

        ObjectNode second = enrolled(request);

        assertThat(second).isEqualTo(first);
        assertThat(first.path("epoch").asLong()).isEqualTo(1);
        assertThat(bench.events()).containsExactly("token.issued", "node.enrolled");
    }

    @Test
    void enrol_sameRequestAfterAnotherEnrolment_isRefused() {
        ObjectNode request = bench.request(bench.token(), EnrolmentBench.keyPair());
        enrolled(request);
        enrolled(bench.request(EnrolmentBench.NEXT, EnrolmentBench.keyPair())
                .put("next_token_sha256", EnrolmentBench.sha256("third")));

        refused(request, "nonce");
    }

    @Test
    void enrol_usedTokenAnotherKey_isRefused() {
        String token = bench.token();
        enrolled(bench.request(token, EnrolmentBench.keyPair()));

        refused(
                bench.request(token, EnrolmentBench.keyPair())
                        .put("next_token_sha256", EnrolmentBench.sha256("another")),
                "token");
    }

    @Test
    void enrol_usedTokenSameKeyFreshNonce_isRefused() {
        String token = bench.token();
        KeyPair key = EnrolmentBench.keyPair();
        enrolled(bench.request(token, key));

        refused(bench.request(token, key), "token");
    }

    @Test
    void enrol_usedNonceAnotherToken_isRefused() {
        ObjectNode request = bench.request(bench.token(), EnrolmentBench.keyPair());
        enrolled(request);

        refused(request.deepCopy().put("token", bench.token()), "nonce");
    }

    @Test
    void enrol_tokenThatTheNodeChose_beginsTheNextEpoch() {
        enrolled(bench.request(bench.token(), EnrolmentBench.keyPair()));

        ObjectNode next = enrolled(bench.request(EnrolmentBench.NEXT, EnrolmentBench.keyPair())
                .put("next_token_sha256", EnrolmentBench.sha256("third")));

        assertThat(next.path("epoch").asLong()).isEqualTo(2);
    }

    @Test
    void enrol_chosenTokenOfAnotherNode_isRefused() {
        enrolled(bench.request(bench.token(), EnrolmentBench.keyPair()));

        refused(
                bench.request("node_b", EnrolmentBench.NEXT, EnrolmentBench.keyPair())
                        .put("next_token_sha256", EnrolmentBench.sha256("third")),
                "token");
    }

    @Test
    void enrol_nextTokenKnownAlready_isRefusedAndUsesNothingUp() {
        String token = bench.token();
        ObjectNode request = bench.request(token, EnrolmentBench.keyPair());
        request.put("next_token_sha256", EnrolmentBench.sha256(token));

        assertThatThrownBy(() -> bench.enrol(request))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("next_token_sha256: expected the digest of a new token, got a known one");

        request.put("next_token_sha256", EnrolmentBench.sha256("another"));
        assertThat(enrolled(request).path("epoch").asLong()).isEqualTo(1);
    }

    @Test
    void enrol_anyAnswer_holdsNoToken() {
        ObjectNode request = bench.request(bench.token(), EnrolmentBench.keyPair());

        assertThat(enrolled(request).fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("node_id", "epoch", "certificate_chain", "expires_at", "report");
    }

    private ObjectNode enrolled(ObjectNode request) {
        Answer answer = bench.enrol(request);
        assertThat(answer).isInstanceOf(Answer.Enrolled.class);
        return ((Answer.Enrolled) answer).json();
    }

    private void refused(ObjectNode request, String field) {
        assertThat(bench.enrol(request)).isInstanceOfSatisfying(Answer.Refused.class, r -> {
            assertThat(r.ground()).isEqualTo(Ground.SECRET);
            assertThat(r.why()).startsWith(field + ": ");
        });
    }
}
