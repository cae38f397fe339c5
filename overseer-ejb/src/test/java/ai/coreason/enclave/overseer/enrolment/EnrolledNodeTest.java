package ai.coreason.enclave.overseer.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.authority.CertificateForge;
import ai.coreason.enclave.overseer.authority.FederationCa;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolledNodeTest {
    private final EnrolledNode node = new EnrolledNode("node_a");

    @TempDir
    private Path folder;

    private X509Certificate certificate;

    @BeforeEach
    void enrol() throws Exception {
        certificate = FederationCa.open(folder.resolve("ca"))
                .issueNode(
                        "node_a",
                        CertificateForge.newKeyPair(CertificateForge.LEAF_CURVE).getPublic(),
                        Duration.ofHours(1));
        node.enrol(new EnrolledNode.Enrolment(1, certificate, "{}", "ab".repeat(32)));
    }

    @Test
    void unfit_enrolled_isEmptyUntilItsCertificateEnds() {
        Instant end = certificate.getNotAfter().toInstant();

        assertThat(node.unfit(end.minusSeconds(1))).isEmpty();
        assertThat(node.unfit(end)).hasValueSatisfying(why -> assertThat(why).startsWith("stale: expected "));
    }

    @Test
    void unfit_quarantined_isSoUntilItEnrolsAgain() {
        node.quarantine("{\"status\": \"UNTRUSTED\"}");

        assertThat(node.trusted()).isFalse();
        assertThat(node.report()).contains("UNTRUSTED");
        assertThat(node.unfit(Instant.now()))
                .hasValueSatisfying(why -> assertThat(why).startsWith("quarantined: expected "));

        node.enrol(new EnrolledNode.Enrolment(2, certificate, "{}", "cd".repeat(32)));
        assertThat(node.unfit(Instant.now())).isEmpty();
    }
}
