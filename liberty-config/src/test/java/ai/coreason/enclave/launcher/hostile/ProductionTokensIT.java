package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.token.TestIssuer;
import ai.coreason.enclave.overseer.token.TokenIssuer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSAlgorithm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Users of an Overseer in production, by tokens of an issuer whose keys it fetches by https under an authority of its own. */
@ExtendWith(TestOverseer.Attested.class)
class ProductionTokensIT {
    private static Answer jobs(String token) throws Exception {
        return TestOverseer.bring(token, "GET", "/jobs", new byte[0], "");
    }

    private static String changed(Consumer<ObjectNode> change) {
        ObjectNode claims = TestOverseer.issuer().claims("production-ann", "foundry");
        change.accept(claims);
        return TestOverseer.issuer().sign(claims);
    }

    @Test
    void call_withTokensOfBothKeys_isLetThrough() throws Exception {
        TestIssuer issuer = TestOverseer.issuer();
        for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.RS256, JWSAlgorithm.RS512)) {
            jobs(TestIssuer.sign(
                            algorithm, issuer.rsa(), "at+jwt", issuer.claims("production-ann", "foundry"), h -> {}))
                    .ok();
        }
        jobs(issuer.token("production-ann", "foundry")).ok();
        jobs(issuer.token("production-ann", "boss")).problem(403, "forbidden");
    }

    @Test
    void call_withATokenForAnother_is401() throws Exception {
        jobs(changed(c -> c.put("aud", "another-application"))).problem(401, "unauthenticated");
        jobs(changed(c -> c.put("nonce", "of an identity"))).problem(401, "unauthenticated");
        jobs(changed(c -> c.put("exp", c.get("iat").asLong() + 3601))).problem(401, "unauthenticated");
        jobs(TestIssuer.sign(
                        JWSAlgorithm.ES256,
                        TestOverseer.issuer().ec(),
                        "logout+jwt",
                        TestOverseer.issuer().claims("production-ann", "operator"),
                        h -> {}))
                .problem(401, "unauthenticated");
    }

    @Test
    void call_withATokenOfASimulation_is401(@TempDir Path folder) throws Exception {
        String token = TokenIssuer.open(folder).issue("eve", "operator", Duration.ofHours(1));

        assertThat(jobs(token).problem(401, "unauthenticated").get("detail").asText())
                .doesNotContain(token);
    }
}
