package ai.coreason.enclave.web.security;

import ai.coreason.enclave.overseer.token.User;
import jakarta.ws.rs.core.SecurityContext;

/** The user behind a call that a role opens. */
public final class Caller {
    private Caller() {}

    /** Whom the call's token names. */
    public static User of(SecurityContext call) {
        return (User) call.getUserPrincipal();
    }
}
