package ai.coreason.enclave.overseer.token;

import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;

/** Whose tokens an operator has revoked. A user may come back with a token that was issued afterwards. */
@ApplicationScoped
public class RevokedUsers {
    private StopOrders stops;

    /** For the container's proxies. */
    protected RevokedUsers() {}

    /** Those by the orders that stand. */
    @Inject
    public RevokedUsers(StopOrders stops) {
        this.stops = stops;
    }

    /**
     * Whether a token must be refused. Tokens tell their time in whole seconds, so one that was issued within the second of the
     * order, but after it, is refused too.
     *
     * @param subject the token's {@code sub}
     * @param issuedAt its {@code iat}; {@link Instant#MIN} if it has none
     */
    public boolean revoked(String subject, Instant issuedAt) {
        return subject.length() <= StopOrder.SUBJECT_LENGTH
                && stops.since(StopOrder.Kind.USER, subject)
                        .filter(issuedAt::isBefore)
                        .isPresent();
    }
}
