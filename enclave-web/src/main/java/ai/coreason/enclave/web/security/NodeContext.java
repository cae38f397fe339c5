package ai.coreason.enclave.web.security;

import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;

/** The node that calls, by its certificate. */
record NodeContext(String nodeId) implements SecurityContext {
    @Override
    public Principal getUserPrincipal() {
        return this::nodeId;
    }

    @Override
    public boolean isUserInRole(String role) {
        return false;
    }

    @Override
    public boolean isSecure() {
        return true;
    }

    @Override
    public String getAuthenticationScheme() {
        return SecurityContext.CLIENT_CERT_AUTH;
    }
}
