package ai.coreason.enclave.overseer.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.token.TokenVerdict.Accepted;
import ai.coreason.enclave.overseer.token.TokenVerdict.Refused;
import ai.coreason.enclave.overseer.token.TokenVerdict.Unjudged;
import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerKeysTest {
    /** Short, so that no test waits a minute. */
    private static final Duration BETWEEN = Duration.ofMillis(1);

    private static final Duration NEVER_AGAIN = Duration.ofMinutes(4);

    @TempDir
    private Path folder;

    private TestIssuer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = new TestIssuer(folder);
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private TokenVerifier verifier(Duration between) throws IOException {
        TokenPolicy policy = new TokenPolicy(
                issuer.name(), TestIssuer.AUDIENCE, "at+jwt", Set.of(TestIssuer.CLIENT), TokenPolicy.HOUR, "groups");
        return new TokenVerifier(policy, IssuerKeys.at(issuer.keys(), IssuerTrust.of(issuer.ca()), between));
    }

    @Test
    void verify_keysOfTheMetadata_areFetchedOnceForBothKinds() throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(IssuerTrust.of(issuer.ca()).context())
                .build();
        JsonNode metadata = Json.read(
                client.send(HttpRequest.newBuilder(issuer.metadataAddress()).build(), BodyHandlers.ofByteArray())
                        .body());
        assertThat(metadata.path("issuer").asText()).isEqualTo(issuer.name());
        assertThat(metadata.path("jwks_uri").asText()).isEqualTo(issuer.keys().toString());
        TokenVerifier verifier = verifier(BETWEEN);

        assertThat(verifier.verify(issuer.token("ann", "foundry"))).isInstanceOf(Accepted.class);
        assertThat(verifier.verify(TestIssuer.sign(
                        JWSAlgorithm.RS256, issuer.rsa(), "at+jwt", issuer.claims("bob", "operator"), h -> {})))
                .isInstanceOf(Accepted.class);
        assertThat(issuer.asked()).isEqualTo(1);
    }

    @Test
    void verify_afterARotation_takesTheNewKeyAndNotTheOld() throws Exception {
        TokenVerifier verifier = verifier(BETWEEN);
        String old = issuer.token("ann", "foundry");
        assertThat(verifier.verify(old)).isInstanceOf(Accepted.class);

        issuer.rotate();

        assertThat(verifier.verify(issuer.token("ann", "foundry"))).isInstanceOf(Accepted.class);
        assertThat(verifier.verify(old)).isInstanceOf(Refused.class);
    }

    @Test
    void verify_manyUnknownKeys_askTheIssuerTwiceAtMost() throws Exception {
        TokenVerifier verifier = verifier(NEVER_AGAIN);
        assertThat(verifier.verify(issuer.token("ann", "foundry"))).isInstanceOf(Accepted.class);

        for (int i = 0; i < 100; i++) {
            String token = TestIssuer.sign(
                    JWSAlgorithm.ES256,
                    new ECKeyGenerator(Curve.P_256).keyID("k" + i).generate(),
                    "at+jwt",
                    issuer.claims("eve", "operator"),
                    h -> {});
            assertThat(verifier.verify(token)).isInstanceOf(Refused.class);
        }

        assertThat(issuer.asked()).isLessThanOrEqualTo(2);
        assertThat(verifier.verify(issuer.token("ann", "foundry"))).isInstanceOf(Accepted.class);
    }

    @Test
    void verify_issuerOutOfReach_isUnjudgedAndKnownKeysStay() throws Exception {
        TokenVerifier late = verifier(BETWEEN);
        assertThat(late.verify(issuer.token("ann", "foundry"))).isInstanceOf(Accepted.class);
        issuer.replyToKeys(exchange -> TestIssuer.answer(exchange, 503, new byte[0]));

        TokenVerifier early = verifier(NEVER_AGAIN);
        for (int i = 0; i < 4; i++) {
            assertThat(early.verify(issuer.token("ann", "foundry"))).isInstanceOf(Unjudged.class);
        }
        assertThat(issuer.asked()).isLessThanOrEqualTo(3);
        assertThat(late.verify(issuer.token("ann", "foundry"))).isInstanceOf(Accepted.class);
    }

    @Test
    void verify_setThatNeverEndsOrIsTooLongOrRedirects_isUnjudged() throws Exception {
        String token = issuer.token("ann", "foundry");
        issuer.replyToKeys(exchange -> TestIssuer.answer(exchange, 200, new byte[1 << 20]));
        assertThat(verifier(BETWEEN).verify(token)).isInstanceOf(Unjudged.class);

        issuer.replyToKeys(exchange -> {
            exchange.getResponseHeaders().set("Location", issuer.keys() + "?again");
            TestIssuer.answer(exchange, 302, new byte[0]);
        });
        assertThat(verifier(BETWEEN).verify(token)).isInstanceOf(Unjudged.class);

        issuer.replyToKeys(exchange -> TestIssuer.answer(exchange, 200, "not json".getBytes()));
        assertThat(verifier(BETWEEN).verify(token)).isInstanceOf(Unjudged.class);

        CountDownLatch over = new CountDownLatch(1);
        issuer.replyToKeys(exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(verifier(BETWEEN).verify(token)).isInstanceOf(Unjudged.class);
        over.countDown();
    }

    @Test
    void verify_serverOfAnotherAuthority_isUnjudged() throws Exception {
        TokenPolicy policy =
                new TokenPolicy(issuer.name(), TestIssuer.AUDIENCE, "at+jwt", Set.of(), TokenPolicy.HOUR, "groups");
        TokenVerifier verifier = new TokenVerifier(policy, IssuerKeys.at(issuer.keys(), IssuerTrust.SYSTEM, BETWEEN));

        assertThat(verifier.verify(issuer.token("ann", "foundry"))).isInstanceOf(Unjudged.class);
        assertThat(issuer.asked()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost/keys", "file:///tmp/keys", "https:///keys", "https://u:p@h/keys", "keys"})
    void at_addressThatIsNotHttps_isRefused(String address) {
        assertThatThrownBy(() -> IssuerKeys.at(URI.create(address), IssuerTrust.SYSTEM))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("keys: expected https://")
                .hasMessageNotContaining("u:p");
    }

    @Test
    void of_simulationsKey_verifiesItsTokens() throws Exception {
        Path tokens = folder.resolve("tokens");
        TokenIssuer simulated = TokenIssuer.open(tokens);
        TokenPolicy policy = new TokenPolicy(
                TokenIssuer.ISSUER, TokenIssuer.AUDIENCE, "at+jwt", Set.of(), TokenIssuer.LONGEST, "groups");
        TokenVerifier verifier = new TokenVerifier(policy, IssuerKeys.of(simulated.publicKeyFile()));

        assertThat(verifier.verify(simulated.issue("ann", "auditor", TokenIssuer.LONGEST)))
                .isEqualTo(new Accepted(new User("ann", "ann", Set.of("auditor"))));
        assertThat(verifier.verify(
                        TokenIssuer.open(folder.resolve("other")).issue("ann", "auditor", Duration.ofHours(1))))
                .isInstanceOf(Refused.class);
    }

    @Test
    void of_filesThatAreNotKeysOrCertificates_areRefusedByName() throws Exception {
        Path file = Files.writeString(folder.resolve("junk.pem"), "junk");

        assertThatThrownBy(() -> IssuerKeys.of(file)).hasMessageContaining("junk.pem: expected an EC P-256 public key");
        assertThatThrownBy(() -> IssuerTrust.of(file)).hasMessageContaining("junk.pem: expected certificates in PEM");
        assertThatThrownBy(() -> IssuerTrust.of(folder.resolve("none.pem"))).isInstanceOf(NoSuchFileException.class);
    }
}
