package ai.coreason.enclave.web.security;

import ai.coreason.enclave.overseer.token.RevokedUsers;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.problem.Problem;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.time.Instant;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Refuses user tokens that an operator has revoked. */
@Provider
@Priority(Priorities.AUTHENTICATION + 1)
public class RevokedUserFilter implements ContainerRequestFilter {
    @Inject
    private RevokedUsers users;

    @Override
    public void filter(ContainerRequestContext context) {
        if (context.getSecurityContext().getUserPrincipal() instanceof JsonWebToken token
                && users.revoked(subject(token), issuedAt(token))) {
            context.abortWith(Problem.response(
                    ProblemType.UNAUTHENTICATED,
                    "Authorization: expected a token that is not revoked, got one that is"));
        }
    }

    private static String subject(JsonWebToken token) {
        return token.getSubject() == null ? token.getName() : token.getSubject();
    }

    private static Instant issuedAt(JsonWebToken token) {
        Object issued = token.getClaim("iat");
        return issued instanceof Number seconds ? Instant.ofEpochSecond(seconds.longValue()) : Instant.MIN;
    }
}
