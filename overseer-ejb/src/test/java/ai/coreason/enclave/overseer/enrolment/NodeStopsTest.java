package ai.coreason.enclave.overseer.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Answer;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Ground;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeStopsTest {
    private static final String NODE = EnrolmentBench.NODE;

    @TempDir
    private Path folder;

    private EnrolmentBench bench;
    private X509Certificate certificate;

    @BeforeEach
    void enrol() throws Exception {
        bench = new EnrolmentBench(folder);
        certificate = enrolled(bench.request(bench.token(), EnrolmentBench.keyPair()));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private X509Certificate enrolled(ObjectNode request) throws Exception {
        Answer answer = bench.enrol(request);
        assertThat(answer).isInstanceOf(Answer.Enrolled.class);
        byte[] chain = ((Answer.Enrolled) answer)
                .json()
                .get("certificate_chain")
                .asText()
                .getBytes(StandardCharsets.US_ASCII);
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(chain));
    }

    private void refused(String token, Ground ground) {
        ObjectNode request = bench.request(token, EnrolmentBench.keyPair())
                .put("next_token_sha256", EnrolmentBench.sha256("further"));
        assertThat(bench.enrol(request))
                .isInstanceOfSatisfying(
                        Answer.Refused.class, r -> assertThat(r.ground()).isEqualTo(ground));
    }

    private Standing standing() {
        return bench.nodes(n -> n.standing(NODE, certificate));
    }

    @Test
    void revoke_node_isNobodyAndSaysWhyInItsReport() {
        assertThat(standing()).isInstanceOf(Standing.Member.class);

        assertThat(bench.<Boolean>stops(s -> s.revoke(NODE, "operator"))).isTrue();

        assertThat(standing()).isInstanceOf(Standing.Stranger.class);
        EnrolledNode node = bench.nodes(n -> n.find(NODE)).orElseThrow();
        assertThat(node.trusted()).isFalse();
        assertThat(Json.read(node.report()).path("reasons").toString()).contains(NodeStops.REVOKED);
        assertThat(bench.events()).contains("node.revoked");
    }

    @Test
    void revoke_node_noneOfItsTokensIsGoodAndNoneIsIssued() {
        String unused = bench.token();
        bench.stops(s -> s.revoke(NODE, "operator"));

        refused(EnrolmentBench.NEXT, Ground.REVOKED);
        refused(unused, Ground.REVOKED);
        refused("a stranger's guess", Ground.SECRET);
        assertThat(bench.issue(NODE, Optional.empty())).isInstanceOf(TokenDesk.Issued.Refused.class);
        assertThat(bench.nodes(NodeRegistry::outstanding)).isEmpty();
    }

    @Test
    void enrol_requestBeforeTheRevocationOnceMore_getsNoAnswerOfOldDays() {
        ObjectNode request = bench.request(bench.token(), EnrolmentBench.keyPair())
                .put("next_token_sha256", EnrolmentBench.sha256("second"));
        assertThat(bench.enrol(request)).isInstanceOf(Answer.Enrolled.class);
        bench.stops(s -> s.revoke(NODE, "operator"));

        assertThat(bench.enrol(request)).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void reinstate_node_needsANewToken() throws Exception {
        bench.stops(s -> s.revoke(NODE, "operator"));
        bench.stops(s -> s.reinstate(NODE, "operator"));

        refused(EnrolmentBench.NEXT, Ground.SECRET);
        certificate = enrolled(bench.request(bench.token(), EnrolmentBench.keyPair())
                .put("next_token_sha256", EnrolmentBench.sha256("further")));
        assertThat(standing()).isInstanceOf(Standing.Member.class);
    }

    @Test
    void revoke_twice_isToldOnce() {
        bench.stops(s -> s.revoke(NODE, "operator"));
        bench.stops(s -> s.revoke(NODE, "operator"));
        bench.stops(s -> s.reinstate(NODE, "operator"));
        bench.stops(s -> s.reinstate(NODE, "operator"));

        assertThat(bench.events()).filteredOn("node.revoked"::equals).hasSize(1);
        assertThat(bench.events()).filteredOn("node.reinstated"::equals).hasSize(1);
    }

    @Test
    void revoke_nodeThatNobodyKnows_isFalse() {
        assertThat(bench.<Boolean>stops(s -> s.revoke("nobody", "operator"))).isFalse();
        assertThat(bench.<Boolean>stops(s -> s.reinstate("nobody", "operator"))).isFalse();
    }

    @Test
    void revokeCertificate_present_isGoodForNothingAndTheNodeEnrolsAgain() throws Exception {
        String serial = certificate.getSerialNumber().toString(16);

        assertThat(bench.<Boolean>stops(s -> s.revokeCertificate(serial, "operator")))
                .isTrue();
        assertThat(standing()).isInstanceOf(Standing.Stranger.class);
        NodeSession session = bench.nodes(n -> n.find(NODE)).orElseThrow().session();
        assertThat(bench.<Boolean>nodes(n -> n.revoked(NODE, session))).isTrue();

        certificate = enrolled(bench.request(EnrolmentBench.NEXT, EnrolmentBench.keyPair())
                .put("next_token_sha256", EnrolmentBench.sha256("further")));
        assertThat(standing()).isInstanceOf(Standing.Member.class);
        assertThat(bench.<Boolean>nodes(n -> n.revoked(NODE, session))).isFalse();
        assertThat(bench.<Boolean>stops(s -> s.revokeCertificate("1", "operator")))
                .isFalse();
    }

    @Test
    void standing_quarantined_isSo() {
        bench.nodes(n -> {
            n.quarantine(NODE, report -> report.untrusted(List.of("measurement: another"), java.time.Instant.now()));
            return n;
        });

        assertThat(standing())
                .isInstanceOfSatisfying(
                        Standing.Quarantined.class, q -> assertThat(q.why()).startsWith("quarantined: expected "));
    }

    @Test
    void withdraw_token_itIsGoodForNothing() {
        String token = bench.token();
        EnrolmentSecret listed = bench.nodes(NodeRegistry::outstanding).stream()
                .filter(t -> t.issuedBy().isPresent())
                .findFirst()
                .orElseThrow();
        assertThat(EnrolmentBench.sha256(token)).startsWith(listed.id());

        assertThat(bench.withdraw(listed.id())).isTrue();
        assertThat(bench.withdraw(listed.id())).isTrue();

        refused(token, Ground.SECRET);
        assertThat(bench.events()).filteredOn("token.withdrawn"::equals).hasSize(1);
        assertThat(bench.withdraw("0".repeat(32))).isFalse();
        assertThat(bench.withdraw("%")).isFalse();
    }

    @Test
    void enrol_federationFrozen_isRefusedUntilItIsThawed() {
        String token = bench.token();
        bench.frozen(true);
        refused(token, Ground.FROZEN);

        bench.frozen(false);

        assertThat(bench.enrol(bench.request(token, EnrolmentBench.keyPair())
                        .put("next_token_sha256", EnrolmentBench.sha256("further"))))
                .isInstanceOf(Answer.Enrolled.class);
        assertThat(bench.events()).contains("federation.frozen", "federation.thawed");
    }
}
