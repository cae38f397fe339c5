package ai.coreason.enclave.overseer.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Answer;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Ground;
import ai.coreason.enclave.sentry.contract.Evidence;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    void enrol_sameRequestSettledMeanwhile_getsTheSameAnswerAndBeginsNoSecondEpoch() {
        ObjectNode request = bench.request(bench.token(), EnrolmentBench.keyPair());
        List<ObjectNode> first = new ArrayList<>();

        Answer second = bench.enrol(request, () -> first.add(enrolled(request)));

        assertThat(second).isEqualTo(new Answer.Enrolled(first.get(0)));
        assertThat(bench.nodes(n -> n.find(EnrolmentBench.NODE)).orElseThrow().epoch())
                .isEqualTo(1);
        assertThat(bench.events()).containsExactly("token.issued", "node.enrolled");
    }

    @Test
    void enrol_tokenUsedMeanwhile_isRefusedAndLeavesItsNonceGood() {
        String token = bench.token();
        ObjectNode late = bench.request(token, EnrolmentBench.keyPair());

        Answer answer = bench.enrol(late, () -> enrolled(bench.request(token, EnrolmentBench.keyPair())));

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Refused.class, r -> assertThat(r.ground()).isEqualTo(Ground.SECRET));
        assertThat(bench.<Boolean>nodes(
                        n -> n.fresh(EnrolmentBench.NODE, late.get("nonce").asText())))
                .isTrue();
    }

    @Test
    void enrol_nodeRevokedMeanwhile_isRefused() {
        ObjectNode request = bench.request(bench.token(), EnrolmentBench.keyPair());

        Answer answer = bench.enrol(request, () -> bench.stops(s -> s.revoke(EnrolmentBench.NODE, "operator")));

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Refused.class, r -> assertThat(r.ground()).isEqualTo(Ground.REVOKED));
        assertThat(bench.<Boolean>nodes(n -> n.find(EnrolmentBench.NODE).isPresent()))
                .isFalse();
    }

    @Test
    void enrol_federationFrozenMeanwhile_isRefusedAndUsesNothingUp() {
        ObjectNode request = bench.request(bench.token(), EnrolmentBench.keyPair());

        Answer answer = bench.enrol(request, () -> bench.frozen(true));

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Refused.class, r -> assertThat(r.ground()).isEqualTo(Ground.FROZEN));
        bench.frozen(false);
        enrolled(request);
    }

    @Test
    void enrol_quoteAcceptedMeanwhile_isRefusedForItsEvidenceAndLeavesItsTokenGood() {
        String token = bench.token();
        ObjectNode request = bench.request(token, EnrolmentBench.keyPair());
        byte[] quote = Evidence.parse(request.get("evidence"), "evidence").quote();

        Answer answer = bench.enrol(request, () -> bench.nodes(n -> n.acceptQuote(quote, EnrolmentBench.NODE)));

        assertThat(answer)
                .isEqualTo(new Answer.Refused(
                        Ground.EVIDENCE, "quote: expected one that was not accepted before, got one that was"));
        refused(request, "nonce");
        enrolled(bench.request(token, EnrolmentBench.keyPair()));
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
