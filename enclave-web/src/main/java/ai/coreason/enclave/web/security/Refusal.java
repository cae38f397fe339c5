package ai.coreason.enclave.web.security;

import ai.coreason.enclave.overseer.token.TokenVerdict;
import ai.coreason.enclave.overseer.token.User;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.problem.Problem;
import ai.coreason.enclave.web.problem.Unauthenticated;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why a user's call is not let through. Pure.
 *
 * @param type of the problem
 * @param detail what was expected and what came; never a part of the token
 * @param challenge the header {@code WWW-Authenticate} (RFC 6750, section 3); empty where a token would change nothing
 */
public record Refusal(ProblemType type, String detail, Optional<String> challenge) {
    /**
     * What keeps a caller out.
     *
     * @param verdict on the caller's token; empty where none came
     * @param roles of which the caller needs one
     * @return empty where nothing does
     */
    public static Optional<Refusal> of(Optional<TokenVerdict> verdict, Set<String> roles) {
        if (verdict.isEmpty()) {
            return Optional.of(new Refusal(
                    ProblemType.UNAUTHENTICATED, Unauthenticated.DETAIL, Optional.of(Unauthenticated.CHALLENGE)));
        }
        if (verdict.get() instanceof TokenVerdict.Refused refused) {
            return Optional.of(new Refusal(
                    ProblemType.UNAUTHENTICATED,
                    "Authorization: expected a valid token of the federation's issuer, got one that is not: "
                            + refused.why(),
                    Optional.of(Unauthenticated.CHALLENGE + ", error=\"invalid_token\"")));
        }
        if (verdict.get() instanceof TokenVerdict.Unjudged unjudged) {
            return Optional.of(
                    new Refusal(ProblemType.UNAVAILABLE, "Authorization: " + unjudged.why(), Optional.empty()));
        }
        User user = ((TokenVerdict.Accepted) verdict.get()).user();
        return Collections.disjoint(user.roles(), roles)
                ? Optional.of(new Refusal(
                        ProblemType.FORBIDDEN,
                        "Authorization: expected a token with the role "
                                + roles.stream().sorted().collect(Collectors.joining(" or ")) + ", got one without",
                        Optional.of(Unauthenticated.CHALLENGE + ", error=\"insufficient_scope\"")))
                : Optional.empty();
    }

    Response response() {
        Response.ResponseBuilder answer = Response.fromResponse(Problem.response(type, detail));
        challenge.ifPresent(c -> answer.header(HttpHeaders.WWW_AUTHENTICATE, c));
        return answer.build();
    }
}
