package ai.coreason.enclave.overseer.token;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies access tokens: JSON Web Tokens (RFC 7519) signed by a key of the issuer's set with the algorithm of that key,
 * RS256, RS384, RS512, ES256, ES384 or ES512 (RFC 7518, sections 3.3 and 3.4). The key is looked up in the issuer's set alone:
 * keys and addresses that a token brings along mean nothing. Thread-safe; it keeps no token.
 */
public final class TokenVerifier {
    /** The longest token, characters. */
    static final int LONGEST = 16_384;

    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);
    private static final int SMALLEST_RSA = 2048;

    private final TokenPolicy policy;
    private final IssuerKeys keys;
    private final Clock clock;
    private final Revocations revocations;

    /**
     * @param policy which tokens are for this Overseer
     * @param keys of the policy's issuer
     * @param revocations what an operator has revoked of them
     */
    TokenVerifier(TokenPolicy policy, IssuerKeys keys, Revocations revocations) {
        this(policy, keys, Clock.systemUTC(), revocations);
    }

    TokenVerifier(TokenPolicy policy, IssuerKeys keys) {
        this(policy, keys, Clock.systemUTC(), Revocations.NONE);
    }

    TokenVerifier(TokenPolicy policy, IssuerKeys keys, Clock clock) {
        this(policy, keys, clock, Revocations.NONE);
    }

    TokenVerifier(TokenPolicy policy, IssuerKeys keys, Clock clock, Revocations revocations) {
        this.policy = policy;
        this.keys = keys;
        this.clock = clock;
        this.revocations = revocations;
    }

    /** The rules. */
    public TokenPolicy policy() {
        return policy;
    }

    /** Judges a token in compact serialisation. */
    public TokenVerdict verify(String token) {
        JWSObject jws;
        try {
            if (token.length() > LONGEST) {
                return refused("expected at most " + LONGEST + " characters, got more");
            }
            jws = JWSObject.parse(token);
        } catch (ParseException | RuntimeException e) { // whatever a hostile text may set off in the parser
            return refused("expected a signed JSON Web Token, got another text");
        }
        return header(jws.getHeader())
                .<TokenVerdict>map(TokenVerdict.Refused::new)
                .orElseGet(() -> signed(jws));
    }

    private Optional<String> header(JWSHeader header) {
        if (!ALGORITHMS.contains(header.getAlgorithm())) {
            return Optional.of("alg: expected one of RS256, RS384, RS512, ES256, ES384, ES512, got another");
        }
        if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
            return Optional.of("crit: expected a token that needs no extension, got one that does");
        }
        String type = header.getType() == null ? null : header.getType().getType();
        return policy.takes(type)
                ? Optional.empty()
                : Optional.of("typ: expected " + policy.type() + " in the header, got another");
    }

    private TokenVerdict signed(JWSObject jws) {
        List<JWK> candidates;
        try {
            candidates = keys.matching(jws.getHeader());
        } catch (IssuerKeys.OutOfReach e) {
            return new TokenVerdict.Unjudged(e.getMessage());
        }
        if (candidates.stream().noneMatch(key -> verifies(jws, key))) {
            return refused("signature: expected one by a key of the issuer, got another");
        }
        JsonNode claims;
        try {
            claims = Json.read(jws.getPayload().toBytes());
        } catch (InvalidDocument e) {
            return refused("claims: expected one JSON object, got another text");
        }
        return TokenClaims.fault(claims, policy, clock.instant())
                .<TokenVerdict>map(TokenVerdict.Refused::new)
                .orElseGet(() -> standing(TokenClaims.user(claims, policy), claims));
    }

    private TokenVerdict standing(User user, JsonNode claims) {
        Instant issued = Instant.ofEpochSecond(claims.path("iat").asLong());
        return revocations.revoked(user.subject(), issued)
                ? refused(
                        "iat: expected a token that was issued after an operator revoked this user's, by more than the "
                                + TokenClaims.SKEW.toSeconds() + " s that clocks may differ, got an earlier one")
                : new TokenVerdict.Accepted(user);
    }

    private static boolean verifies(JWSObject jws, JWK key) {
        if (key.size() < SMALLEST_RSA && key instanceof RSAKey) {
            return false;
        }
        try {
            JWSVerifier verifier = key instanceof RSAKey rsa ? new RSASSAVerifier(rsa) : new ECDSAVerifier((ECKey) key);
            return jws.verify(verifier);
        } catch (JOSEException e) {
            return false;
        }
    }

    private static TokenVerdict refused(String why) {
        return new TokenVerdict.Refused(why);
    }
}
