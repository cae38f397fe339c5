package ai.coreason.enclave.overseer.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.token.TokenVerdict.Accepted;
import ai.coreason.enclave.overseer.token.TokenVerdict.Refused;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {
    private static final String ISSUER = "https://id.test/realms/hospitals";
    private static final String AUDIENCE = "overseer";
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final RSAKey RSA = rsa(2048, "r", KeyUse.SIGNATURE);
    private static final ECKey EC = ec(Curve.P_256, "e");
    private static final TokenPolicy POLICY =
            new TokenPolicy(ISSUER, AUDIENCE, "at+jwt", Set.of(), Duration.ofHours(1), "groups");

    private static RSAKey rsa(int bits, String id, KeyUse use) {
        try {
            return new RSAKeyGenerator(bits, true).keyUse(use).keyID(id).generate();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static ECKey ec(Curve curve, String id) {
        try {
            return new ECKeyGenerator(curve).keyID(id).generate();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static TokenVerifier verifier(TokenPolicy policy, JWK... keys) {
        List<JWK> shown = Stream.of(keys).map(JWK::toPublicJWK).toList();
        return new TokenVerifier(policy, IssuerKeys.of(new JWKSet(shown)), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void verify_revokedUser_isRefusedUntilALaterToken() {
        Revocations revocations = (subject, issued) -> subject.equals("9d1f2c") && issued.isBefore(NOW.minusSeconds(5));
        TokenVerifier verifier = new TokenVerifier(
                POLICY,
                IssuerKeys.of(new JWKSet(List.of(EC.toPublicJWK()))),
                Clock.fixed(NOW, ZoneOffset.UTC),
                revocations);

        assertRefused(
                verifier.verify(token(c -> {})), "iat: expected a token that was issued after an operator revoked");
        assertThat(verifier.verify(token(c -> c.put("iat", NOW.getEpochSecond()))))
                .isInstanceOf(Accepted.class);
    }

    private static ObjectNode claims() {
        ObjectNode claims = Json.object()
                .put("iss", ISSUER)
                .put("sub", "9d1f2c")
                .put("preferred_username", "alice")
                .put("aud", AUDIENCE)
                .put("azp", "foundry-app")
                .put("iat", NOW.getEpochSecond() - 10)
                .put("exp", NOW.getEpochSecond() + 600);
        claims.putArray("groups").add("foundry");
        return claims;
    }

    private static String token(Consumer<ObjectNode> change) {
        ObjectNode claims = claims();
        change.accept(claims);
        return TestIssuer.sign(JWSAlgorithm.ES256, EC, "at+jwt", claims, h -> {});
    }

    private static TokenVerdict judge(Consumer<ObjectNode> change) {
        return verifier(POLICY, EC).verify(token(change));
    }

    private static void assertRefused(TokenVerdict verdict, String rule) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Refused.class,
                        r -> assertThat(r.why())
                                .startsWith(rule)
                                .contains("expected")
                                .contains("got"));
    }

    @Test
    void verify_accessToken_namesTheUserBySubAndItsRoles() {
        assertThat(judge(c -> {})).isEqualTo(new Accepted(new User("9d1f2c", "alice", Set.of("foundry"))));
    }

    static Stream<Arguments> algorithms() {
        return Stream.of(
                arguments(JWSAlgorithm.RS256, RSA),
                arguments(JWSAlgorithm.RS384, RSA),
                arguments(JWSAlgorithm.RS512, RSA),
                arguments(JWSAlgorithm.ES256, EC),
                arguments(JWSAlgorithm.ES384, ec(Curve.P_384, "e384")),
                arguments(JWSAlgorithm.ES512, ec(Curve.P_521, "e512")));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void verify_eachAlgorithmOfTheKeys_isAccepted(JWSAlgorithm algorithm, JWK key) {
        String token = TestIssuer.sign(algorithm, key, "at+jwt", claims(), h -> {});

        assertThat(verifier(POLICY, RSA, EC, key).verify(token)).isInstanceOf(Accepted.class);
        assertRefused(verifier(POLICY, otherOf(key)).verify(token), "signature:");
    }

    private static JWK otherOf(JWK key) {
        return key instanceof RSAKey
                ? rsa(2048, key.getKeyID(), KeyUse.SIGNATURE)
                : ec(((ECKey) key).getCurve(), key.getKeyID());
    }

    @Test
    void verify_tokenWithoutKeyId_isTriedWithEachKeyOfItsKind() {
        String token = TestIssuer.sign(JWSAlgorithm.ES256, EC, "at+jwt", claims(), h -> h.keyID(null));

        assertThat(verifier(POLICY, RSA, ec(Curve.P_256, "x"), EC).verify(token))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void verify_algorithmThatTheKeyDoesNotName_isRefused() throws Exception {
        RSAKey only512 = new RSAKey.Builder(RSA).algorithm(JWSAlgorithm.RS512).build();
        String token = TestIssuer.sign(JWSAlgorithm.RS256, RSA, "at+jwt", claims(), h -> {});

        assertRefused(verifier(POLICY, only512).verify(token), "signature:");
    }

    @Test
    void verify_probabilisticPadding_isRefused() {
        String token = TestIssuer.sign(JWSAlgorithm.PS256, RSA, "at+jwt", claims(), h -> {});

        assertRefused(verifier(POLICY, RSA).verify(token), "alg:");
    }

    @Test
    void verify_keyForEncryptionOrTooSmall_isRefused() {
        RSAKey encryption = rsa(2048, "r", KeyUse.ENCRYPTION);
        RSAKey small = rsa(1024, "r", KeyUse.SIGNATURE);

        for (RSAKey key : List.of(encryption, small)) {
            String token = TestIssuer.sign(JWSAlgorithm.RS256, key, "at+jwt", claims(), h -> {});
            assertRefused(verifier(POLICY, key).verify(token), "signature:");
        }
    }

    @Test
    void verify_unsigned_isRefused() {
        String[] parts = token(c -> {}).split("\\.");

        assertRefused(verifier(POLICY, EC).verify(encode("{\"alg\":\"none\"}") + "." + parts[1] + "."), "expected");
        assertRefused(
                verifier(POLICY, EC)
                        .verify(encode("{\"alg\":\"none\",\"typ\":\"at+jwt\"}") + "." + parts[1] + "." + parts[2]),
                "expected");
    }

    @Test
    void verify_publicKeyAsSecret_isRefused() throws Exception {
        String signed =
                encode("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"r\"}") + "." + encode(claims().toString());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(RSA.toRSAPublicKey().getEncoded(), "HmacSHA256"));
        String tag = Base64URL.encode(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)))
                .toString();

        assertRefused(verifier(POLICY, RSA).verify(signed + "." + tag), "alg:");
    }

    @Test
    void verify_keyOrAddressBroughtAlong_meansNothing() {
        ECKey own = ec(Curve.P_256, "own");
        String token = TestIssuer.sign(
                JWSAlgorithm.ES256,
                own,
                "at+jwt",
                claims(),
                h -> h.jwk(own.toPublicJWK()).jwkURL(URI.create("https://attacker.test/keys")));

        assertRefused(verifier(POLICY, EC).verify(token), "signature:");
    }

    @Test
    void verify_criticalExtension_isRefused() {
        String token = TestIssuer.sign(
                JWSAlgorithm.ES256,
                EC,
                "at+jwt",
                claims(),
                h -> h.criticalParams(Set.of("exp")).customParam("exp", 1));

        assertRefused(verifier(POLICY, EC).verify(token), "crit:");
    }

    @ParameterizedTest
    @CsvSource({
        "at+jwt,at+jwt,true",
        "at+jwt,application/at+jwt,true",
        "at+jwt,AT+JWT,true",
        "application/at+jwt,at+jwt,true",
        "at+jwt,JWT,false",
        "at+jwt,logout+jwt,false",
        "at+jwt,,false",
        "JWT,JWT,true",
        "JWT,at+jwt,false",
        "none,,true",
        "none,JWT,false",
        "none,none,false"
    })
    void verify_type_isTheOneWanted(String wanted, String type, boolean accepted) {
        TokenPolicy policy = new TokenPolicy(ISSUER, AUDIENCE, wanted, Set.of(), Duration.ofHours(1), "groups");
        TokenVerdict verdict =
                verifier(policy, EC).verify(TestIssuer.sign(JWSAlgorithm.ES256, EC, type, claims(), h -> {}));

        if (accepted) {
            assertThat(verdict).isInstanceOf(Accepted.class);
        } else {
            assertRefused(verdict, "typ:");
        }
    }

    static Stream<Arguments> faults() {
        long now = NOW.getEpochSecond();
        return Stream.of(
                fault("iss:", c -> c.put("iss", ISSUER + "/")),
                fault("iss:", c -> c.remove("iss")),
                fault("iss:", c -> c.putArray("iss").add(ISSUER)),
                fault("aud:", c -> c.put("aud", "another-application")),
                fault("aud:", c -> c.remove("aud")),
                fault("aud:", c -> c.putArray("aud")),
                fault("aud:", c -> c.putArray("aud").add("account").add(AUDIENCE.toUpperCase(java.util.Locale.ROOT))),
                fault("aud:", c -> c.putObject("aud").put(AUDIENCE, AUDIENCE)),
                fault("nonce:", c -> c.put("nonce", "n")),
                fault("at_hash:", c -> c.put("at_hash", "h")),
                fault("events:", c -> c.putObject("events")),
                fault("cnf:", c -> c.putObject("cnf").put("jkt", "k")),
                fault("typ:", c -> c.put("typ", "ID")),
                fault("typ:", c -> c.put("typ", "Refresh")),
                fault("token_use:", c -> c.put("token_use", "id")),
                fault("sub:", c -> c.remove("sub")),
                fault("sub:", c -> c.put("sub", "")),
                fault("sub:", c -> c.put("sub", 7)),
                fault("sub:", c -> c.put("sub", "alice ")),
                fault("sub:", c -> c.put("sub", "al\u001b[2Jice")),
                fault("sub:", c -> c.put("sub", "a".repeat(201))),
                fault("iat:", c -> c.remove("iat")),
                fault("iat:", c -> c.put("iat", "now")),
                fault("iat", c -> c.put("iat", now + 61).put("exp", now + 600)),
                fault("iat, nbf:", c -> c.put("nbf", now + 61)),
                fault("nbf:", c -> c.put("nbf", "later")),
                fault("exp:", c -> c.remove("exp")),
                fault("exp:", c -> c.put("exp", now - 60)),
                fault("exp:", c -> c.put("iat", now - 3600).put("exp", now + 1)),
                fault("exp:", c -> c.put("exp", now + 10L * 365 * 86400)),
                fault("exp:", c -> c.put("exp", 9_223_372_036_854_775_807L)),
                fault("exp:", c -> c.put("exp", 1e300)),
                fault("exp:", c -> c.put("exp", -1)),
                fault("exp:", c -> c.put("iat", now).put("exp", now)));
    }

    private static Arguments fault(String rule, Consumer<ObjectNode> change) {
        return arguments(rule, change);
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("faults")
    void verify_claimThatBreaksARule_isRefusedByItsName(String rule, Consumer<ObjectNode> change) {
        assertRefused(judge(change), rule);
    }

    static Stream<Consumer<ObjectNode>> variants() {
        long now = NOW.getEpochSecond();
        return Stream.of(
                c -> c.putArray("aud").add("account").add(AUDIENCE),
                c -> c.put("typ", "Bearer"),
                c -> c.put("token_use", "access"),
                c -> c.put("iat", now + 60),
                c -> c.put("nbf", now + 60),
                c -> c.put("iat", now - 600).put("exp", now - 59),
                c -> c.put("iat", now - 1800).put("exp", now + 1800),
                c -> c.put("iat", now - 0.5).put("exp", now + 60.25),
                c -> c.put("sub", "auth0|5f7c8 ec7"),
                c -> c.put("sub", "a".repeat(200)));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void verify_whatRulesAllow_isAccepted(Consumer<ObjectNode> change) {
        assertThat(judge(change)).isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @CsvSource({
        "foundry-app,,true",
        ",foundry-app,true",
        "foundry-app,foundry-app,true",
        ",,false",
        "other,,false",
        ",other,false",
        "foundry-app,other,false",
        "other,foundry-app,false"
    })
    void verify_client_isOneOfThoseConfigured(String azp, String clientId, boolean accepted) {
        TokenPolicy policy = new TokenPolicy(
                ISSUER, AUDIENCE, "at+jwt", Set.of("foundry-app", "ops"), Duration.ofHours(1), "groups");
        TokenVerdict verdict = verifier(policy, EC).verify(token(c -> {
            c.remove("azp");
            if (azp != null) {
                c.put("azp", azp);
            }
            if (clientId != null) {
                c.put("client_id", clientId);
            }
        }));

        if (accepted) {
            assertThat(verdict).isInstanceOf(Accepted.class);
        } else {
            assertRefused(verdict, "azp, client_id:");
        }
    }

    static Stream<Arguments> roles() {
        Consumer<ObjectNode> keycloak = c ->
                c.putObject("realm_access").putArray("roles").add("operator").add("offline");
        return Stream.of(
                arguments("realm_access.roles", Set.of("operator"), keycloak),
                arguments("realm_access.groups", Set.of(), keycloak),
                arguments("realm_access", Set.of(), keycloak),
                arguments("groups", Set.of("foundry"), keycloak),
                arguments("scope", Set.of("auditor"), claim(c -> c.put("scope", "openid auditor"))),
                arguments(
                        "https://a.test/roles",
                        Set.of("auditor"),
                        claim(c -> c.putArray("https://a.test/roles").add("auditor"))),
                arguments(
                        "r",
                        Set.of(),
                        claim(c -> c.putArray("r")
                                .add("foundry ")
                                .add("FOUNDRY")
                                .add("boss")
                                .addArray()
                                .add("foundry"))),
                arguments("r", Set.of(), claim(c -> c.put("r", 7))),
                arguments("r", Set.of(), claim(c -> {})));
    }

    private static Consumer<ObjectNode> claim(Consumer<ObjectNode> change) {
        return change;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("roles")
    void verify_roles_comeFromTheConfiguredClaim(String path, Set<String> expected, Consumer<ObjectNode> change) {
        TokenPolicy policy = new TokenPolicy(ISSUER, AUDIENCE, "at+jwt", Set.of(), Duration.ofHours(1), path);

        assertThat(verifier(policy, EC).verify(token(change)))
                .isInstanceOfSatisfying(
                        Accepted.class, a -> assertThat(a.user().roles()).isEqualTo(expected));
    }

    @Test
    void verify_nameThatControlsATerminal_isShownWithoutThat() {
        assertThat(judge(c -> c.put("preferred_username", "a\u001b[31m\r\nb\u202ec" + "x".repeat(100))))
                .isInstanceOfSatisfying(
                        Accepted.class,
                        a -> assertThat(a.user().display()).hasSize(64).startsWith("a?[31m??b?cxxx"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "a.b.c", "..", "a.b", "a.b.c.d.e", "{}.{}.{}"})
    void verify_noToken_isRefused(String token) {
        assertRefused(verifier(POLICY, EC).verify(token), "expected");
    }

    @Test
    void verify_claimsThatAreNoObjectOrRepeatAMember_areRefused() {
        for (String payload : List.of("[]", "7", "{", "{\"iss\":\"a\",\"iss\":\"" + ISSUER + "\"}")) {
            assertRefused(verifier(POLICY, EC).verify(raw(payload)), "claims:");
        }
    }

    private static String raw(String payload) {
        try {
            com.nimbusds.jose.JWSObject token = new com.nimbusds.jose.JWSObject(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .keyID("e")
                            .type(new com.nimbusds.jose.JOSEObjectType("at+jwt"))
                            .build(),
                    new com.nimbusds.jose.Payload(payload));
            token.sign(new com.nimbusds.jose.crypto.ECDSASigner(EC));
            return token.serialize();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void verify_tokenThatIsTooLong_isRefused() {
        assertRefused(judge(c -> c.put("more", "x".repeat(TokenVerifier.LONGEST))), "expected at most");
    }

    /** A change in a token's last sextet may leave its bytes as they are: those are passed over. */
    @Test
    void verify_anyOneChange_isRefusedAndNeverThrows() {
        String token = token(c -> {});
        Random random = new Random(10);
        for (int i = 0; i < token.length() - 1; i++) {
            char other = (char) (32 + random.nextInt(95));
            String changed = token.substring(0, i) + other + token.substring(i + 1);
            if (!bytes(changed).equals(bytes(token))) {
                TokenVerdict verdict = verifier(POLICY, EC).verify(changed);
                assertThat(verdict).as("position " + i).isInstanceOf(Refused.class);
                assertThat(((Refused) verdict).why()).doesNotContain(token.substring(5, 15));
            }
        }
    }

    private static String bytes(String token) {
        StringBuilder out = new StringBuilder();
        for (String part : token.split("\\.", -1)) {
            out.append(new Base64URL(part).decodeToString()).append('.');
        }
        return out.toString();
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
