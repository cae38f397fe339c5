package ai.coreason.enclave.overseer.token;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The claims of a token whose signature holds, judged by a policy. Pure. */
final class TokenClaims {
    /** How far the clocks of issuer and Overseer may differ. */
    static final Duration SKEW = Duration.ofSeconds(60);

    /** What only tokens of another purpose carry: identity (OpenID Connect Core, 2 and 3.3), events (RFC 8417), proof of possession (RFC 7800). */
    private static final List<String> FOREIGN = List.of("nonce", "at_hash", "c_hash", "s_hash", "events", "cnf");

    private static final double LAST_SECOND = 253_402_300_799.0;

    private TokenClaims() {}

    /** Tells which rule a token breaks, the first of several. */
    static Optional<String> fault(JsonNode claims, TokenPolicy policy, Instant now) {
        if (!claims.isObject()) {
            return Optional.of("claims: expected an object, got another value");
        }
        if (!policy.issuer().equals(claims.path("iss").textValue())) {
            return Optional.of("iss: expected the issuer of this federation, got another");
        }
        if (!audiences(claims).contains(policy.audience())) {
            return Optional.of("aud: expected this Overseer's audience among them, got others");
        }
        return purpose(claims, policy).or(() -> times(claims, policy.longest(), now));
    }

    private static Optional<String> purpose(JsonNode claims, TokenPolicy policy) {
        for (String claim : FOREIGN) {
            if (claims.has(claim)) {
                return Optional.of(claim + ": expected a bearer's access token, which has none, got one");
            }
        }
        if (claims.has("typ") && !"Bearer".equalsIgnoreCase(claims.path("typ").textValue())) {
            return Optional.of("typ: expected Bearer or nothing among the claims, got another");
        }
        if (claims.has("token_use") && !"access".equals(claims.path("token_use").textValue())) {
            return Optional.of("token_use: expected access or nothing, got another");
        }
        if (!User.isSubject(claims.path("sub").asText(""))
                || !claims.path("sub").isTextual()) {
            return Optional.of(
                    "sub: expected 1 to " + User.LONGEST_SUBJECT + " printable ASCII characters, got another");
        }
        return policy.clients().isEmpty() || ofClient(claims, policy.clients())
                ? Optional.empty()
                : Optional.of("azp, client_id: expected one of the clients of this federation, got another or none");
    }

    private static boolean ofClient(JsonNode claims, Set<String> clients) {
        boolean named = false;
        for (String claim : List.of("azp", "client_id")) {
            if (claims.has(claim)) {
                JsonNode client = claims.get(claim);
                if (!client.isTextual() || !clients.contains(client.textValue())) {
                    return false;
                }
                named = true;
            }
        }
        return named;
    }

    private static Optional<String> times(JsonNode claims, Duration longest, Instant now) {
        Optional<Instant> issued = time(claims, "iat");
        Optional<Instant> expires = time(claims, "exp");
        if (issued.isEmpty() || expires.isEmpty()) {
            return Optional.of((issued.isEmpty() ? "iat" : "exp") + ": expected a time in seconds, got none");
        }
        if (claims.has("nbf") && time(claims, "nbf").isEmpty()) {
            return Optional.of("nbf: expected a time in seconds or nothing, got another value");
        }
        Instant latest = now.plus(SKEW);
        if (issued.get().isAfter(latest)
                || time(claims, "nbf").filter(t -> t.isAfter(latest)).isPresent()) {
            return Optional.of("iat, nbf: expected times that have come, got a later one");
        }
        if (!expires.get().plus(SKEW).isAfter(now)) {
            return Optional.of("exp: expected a time to come, got one that has passed");
        }
        Duration life = Duration.between(issued.get(), expires.get());
        return life.isNegative() || life.isZero() || life.compareTo(longest) > 0
                ? Optional.of("exp: expected at most " + longest.toMinutes()
                        + " minutes after iat, got more, or less than iat")
                : Optional.empty();
    }

    /** A NumericDate (RFC 7519, section 2) of the years 1970 to 9999. */
    private static Optional<Instant> time(JsonNode claims, String name) {
        JsonNode value = claims.path(name);
        double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
        return seconds >= 0 && seconds <= LAST_SECOND
                ? Optional.of(Instant.ofEpochMilli((long) (seconds * 1000)))
                : Optional.empty();
    }

    private static List<String> audiences(JsonNode claims) {
        JsonNode aud = claims.path("aud");
        List<String> out = new ArrayList<>();
        (aud.isArray() ? aud : List.of(aud)).forEach(a -> {
            if (a.isTextual()) {
                out.add(a.textValue());
            }
        });
        return out;
    }

    /** Whom faultless claims name. */
    static User user(JsonNode claims, TokenPolicy policy) {
        String subject = claims.get("sub").textValue();
        String display = subject;
        for (String claim : List.of("upn", "preferred_username")) {
            String given = claims.path(claim).asText("").strip();
            display = given.isEmpty() ? display : given;
        }
        return new User(subject, Printed.of(display, User.LONGEST_DISPLAY), roles(claims, policy.rolesClaim()));
    }

    /** The roles known here among those in an array of texts, or in one text with spaces between them. */
    private static Set<String> roles(JsonNode claims, String path) {
        JsonNode given = at(claims, path);
        Set<String> out = new HashSet<>();
        if (given.isTextual()) {
            out.addAll(List.of(given.textValue().split(" ")));
        }
        if (given.isArray()) {
            given.forEach(role -> out.add(role.asText("")));
        }
        out.retainAll(TokenIssuer.ROLES);
        return out;
    }

    private static JsonNode at(JsonNode claims, String path) {
        JsonNode at = claims;
        if (claims.has(path)) {
            return claims.get(path);
        }
        for (String name : path.split("\\.")) {
            at = at.path(name);
        }
        return at;
    }
}
