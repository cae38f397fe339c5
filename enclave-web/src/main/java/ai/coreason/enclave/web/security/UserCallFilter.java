package ai.coreason.enclave.web.security;

import ai.coreason.enclave.overseer.token.TokenVerdict;
import ai.coreason.enclave.overseer.token.User;
import ai.coreason.enclave.overseer.token.UserTokens;
import jakarta.annotation.Priority;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.Set;

/**
 * Lets a user through, by an access token, to what is marked with roles: 401 without a valid token, 403 without one of those roles.
 * The caller's principal is then a {@link User}. What is not marked, it does not touch.
 */
@Provider
@Priority(Priorities.AUTHENTICATION)
public class UserCallFilter implements ContainerRequestFilter {
    @Context
    private ResourceInfo resource;

    @Inject
    private UserTokens tokens;

    @Override
    public void filter(ContainerRequestContext context) {
        Optional<Set<String>> roles = roles(resource);
        if (roles.isEmpty()) {
            return;
        }
        Optional<TokenVerdict> verdict =
                tokens.judge(Optional.ofNullable(context.getHeaderString(HttpHeaders.AUTHORIZATION)));
        Optional<Refusal> refusal = Refusal.of(verdict, roles.get());
        refusal.ifPresent(r -> context.abortWith(r.response()));
        if (refusal.isEmpty() && verdict.get() instanceof TokenVerdict.Accepted accepted) {
            context.setSecurityContext(new UserContext(accepted.user()));
        }
    }

    /** Of the method, or else of the class that declares it; a container may put a class of its own before that one. */
    private static Optional<Set<String>> roles(ResourceInfo resource) {
        Method method = resource.getResourceMethod();
        RolesAllowed onMethod = method.getAnnotation(RolesAllowed.class);
        RolesAllowed marked =
                onMethod == null ? method.getDeclaringClass().getAnnotation(RolesAllowed.class) : onMethod;
        return Optional.ofNullable(marked).map(m -> Set.of(m.value()));
    }

    private record UserContext(User user) implements SecurityContext {
        @Override
        public User getUserPrincipal() {
            return user;
        }

        @Override
        public boolean isUserInRole(String role) {
            return user.roles().contains(role);
        }

        @Override
        public boolean isSecure() {
            return true;
        }

        @Override
        public String getAuthenticationScheme() {
            return "Bearer";
        }
    }
}
